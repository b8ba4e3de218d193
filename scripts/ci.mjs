// Runs every check and ends with a line `N passed, N failed` that counts the tests and the checks.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { bootstrap, node, root } from './bootstrap.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'sheaf-ci-'));
let passed = 0;
let failed = 0;

function check(name, command, args, env = {}) {
  const started = Date.now();
  console.log(`\n=== ${name}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      ...env,
      TURBO_TELEMETRY_DISABLED: '1',
      CI: 'true',
    },
    stdio: 'inherit',
  });
  const isGood = status === 0;
  if (isGood) passed += 1;
  else failed += 1;
  console.log(`=== ${name}: ${isGood ? 'ok' : 'FAILED'} (${Math.round((Date.now() - started) / 1000)} s)`);
  return isGood;
}

/** Reporters for the person who reads, and for `countTests`. */
const reporting = (name) => ['--reporter=default', '--reporter=json', `--outputFile.json=${join(scratch, name)}`];

/** The tests count one by one; a run that gave no report counts as one failure. */
function countTests(name) {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(join(scratch, name), 'utf8'));
    passed += numPassedTests;
    failed += numFailedTests;
    if (numPassedTests === 0) failed += 1;
  } catch {
    failed += 1;
  }
}

bootstrap();
const bin = (name) => join(root, 'node_modules', '.bin', name);
const nodeRun = (...args) => [node(), args];

check('tests on SQLite and PostgreSQL (npm test)', 'npm', ['test', '--', ...reporting('tests.json')]);
countTests('tests.json');
check('format and lint', bin('biome'), ['ci', '.']);
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const script = (name) => join(root, 'scripts', name);
check('types', ...nodeRun(tsc, '-p', 'tsconfig.json'));
check('a planted type error is found', ...nodeRun(script('canaries.mjs'), 'types'));
check('build', bin('turbo'), ['run', 'build']);
check('types against the built declarations', ...nodeRun(tsc, '-p', 'tsconfig.dist.json'));
check('the packages, published and used', ...nodeRun(script('check-packages.mjs'), ...reporting('packages.json')));
countTests('packages.json');
check('package boundaries', bin('turbo'), ['boundaries']);
check('dependency direction', bin('depcruise'), [
  '--config',
  '.dependency-cruiser.mjs',
  'packages',
  'plugins',
  'examples',
  'bench',
]);
check('planted outward imports are found', ...nodeRun(script('canaries.mjs'), 'boundaries'));
check('schema and migrations', ...nodeRun(script('check-schema.mjs')));
check('a planted schema drift is found', ...nodeRun(script('check-schema.mjs'), '--canary'));
check('unused code and dependencies', bin('knip'), ['--no-config-hints']);
check('duplicated code', bin('jscpd'), ['packages', 'plugins', 'examples', 'bench']);
for (const name of ['register', 'list', 'sql', 'fetch']) {
  check(`all contenders of the benchmark ${name} do the same`, 'npm', ['run', 'bench', '--', name, '--quick']);
}
const example = { SHEAF_DATABASE_URL: join(scratch, 'example.db') };
check('the main job (npm start)', 'npm', ['start'], example);
check('the main job again (npm start)', 'npm', ['start'], example);

rmSync(scratch, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
