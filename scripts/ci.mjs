// Runs every check and ends with a line `N passed, N failed` that counts the tests and the checks.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { bootstrap, node, root } from './bootstrap.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'sheaf-ci-'));
let passed = 0;
/** What failed, a line or more each: repeated in the end, where it is looked for. */
const failures = [];

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
  else failures.push(name);
  console.log(`=== ${name}: ${isGood ? 'ok' : 'FAILED'} (${Math.round((Date.now() - started) / 1000)} s)`);
  return isGood;
}

/** Reporters for the person who reads, and for `countTests`. */
const reporting = (name) => ['--reporter=default', '--reporter=json', `--outputFile.json=${join(scratch, name)}`];

const FAILURE_LINES = 12;
const described = (title, messages) =>
  [title, ...messages.flatMap((message) => message.split('\n')).slice(0, FAILURE_LINES)].join('\n    ');

/** The tests count one by one; a run that gave no report, or of no test, counts as one failure. */
function countTests(name) {
  let report;
  try {
    report = JSON.parse(readFileSync(join(scratch, name), 'utf8'));
  } catch {
    failures.push(`${name}: no report`);
    return;
  }
  passed += report.numPassedTests;
  if (report.numPassedTests === 0) failures.push(`${name}: no test passed`);
  for (const { name: file, message, status, assertionResults } of report.testResults) {
    const path = relative(root, file);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    failures.push(...failed.map((test) => described(`${path}: ${test.fullName}`, test.failureMessages)));
    if (status === 'failed' && failed.length === 0) failures.push(described(path, [message]));
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
if (failures.length > 0) console.log(`\n=== what failed\n${failures.map((failure) => `- ${failure}`).join('\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
