#!/usr/bin/env node
// Checks that prisma/ is what the fragments compose to, that both histories make exactly that schema and can be
// continued, and that the CLI brings an empty database of each provider up to date. Fails with a line for each problem.
// --canary plants drift in a copy of prisma/ and fails unless every planted drift is found.
import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkComposed, checkDeployed, checkMigrations } from './schema/checks.mjs';
import { repository } from './schema/prisma-cli.mjs';
import { withScratchDatabases } from './schema/scratch-databases.mjs';

const PROVIDERS = ['sqlite', 'postgresql'];
const source = join(repository, 'prisma');

/** Every problem of a schema folder. */
async function check({ folder: scratch, emptyDatabase, serverUrl }) {
  const ofProvider = async (provider) => [
    await checkMigrations({ folder: source, provider, url: await emptyDatabase(provider) }),
    await checkDeployed({ folder: source, provider, url: await emptyDatabase(provider) }),
  ];
  const copy = copyTo(join(scratch, 'continued'));
  const problems = await Promise.all([
    checkComposed(source),
    ofProvider('sqlite'),
    ofProvider('postgresql'),
    checkContinuing(copy, serverUrl),
  ]);
  return problems.flat().filter((problem) => problem !== undefined);
}

/** `migrate-dev.mjs` writes nothing where nothing has changed, and takes back what the schema does not have. */
async function checkContinuing(folder, serverUrl) {
  const program = fileURLToPath(new URL('migrate-dev.mjs', import.meta.url));
  const env = { ...process.env, TEST_DATABASE_URL: serverUrl };
  const author = () => promisify(execFile)(process.execPath, [program, 'continue', '--folder', folder], { env });
  const namesOf = (provider) => readdirSync(join(folder, provider, 'migrations'));
  const before = Object.fromEntries(PROVIDERS.map((provider) => [provider, namesOf(provider)]));
  const addedTo = (provider) => namesOf(provider).filter((name) => !before[provider].includes(name));
  try {
    await author();
    if (PROVIDERS.some((provider) => addedTo(provider).length > 0)) return 'migrate-dev wrote something for nothing';
    for (const provider of PROVIDERS) plant(folder, provider, 'CREATE INDEX planted ON workspaces (name);');
    await author();
  } catch (error) {
    return `migrate-dev failed\n${error.stderr ?? error.message}`;
  }
  const [names, others] = PROVIDERS.map(addedTo);
  if (names.length !== 1 || names[0] !== others[0]) return `migrate-dev wrote ${[names, others].join(' and ')}`;
  const scripts = PROVIDERS.map((provider) =>
    readFileSync(join(folder, provider, 'migrations', names[0], 'migration.sql'), 'utf8').trim(),
  );
  if (scripts.every((script) => script === '-- DropIndex\nDROP INDEX "planted";')) return undefined;
  return `migrate-dev was to drop a planted index, and wrote\n${scripts.join('\n')}`;
}

function copyTo(folder) {
  cpSync(source, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

/** Adds a statement to the last migration of a provider. */
function plant(folder, provider, statement) {
  const migrations = join(folder, provider, 'migrations');
  const [last] = readdirSync(migrations)
    .filter((name) => /^\d/.test(name))
    .sort()
    .reverse();
  appendFileSync(join(migrations, last, 'migration.sql'), `\n${statement}\n`);
}

/** What is planted in a copy, the check that has to find it, and the words that it has to say. */
const canariesOf = (emptyDatabase) => ({
  'a model changed by hand': {
    plant: (folder) => appendFileSync(join(folder, 'models/map.prisma'), '\n// by hand\n'),
    find: (folder) => checkComposed(folder),
    words: /models\/map\.prisma/,
  },
  'a column without a migration': {
    plant(folder) {
      const file = join(folder, 'models/map.prisma');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^ {2}@@id/m, '  planted String?\n\n  @@id'));
    },
    find: async (folder) => checkMigrations({ folder, provider: 'sqlite', url: await emptyDatabase('sqlite') }),
    words: /Added column `planted`/,
  },
  'a migration that makes another schema': {
    plant: (folder) => plant(folder, 'postgresql', 'CREATE TABLE planted (id integer PRIMARY KEY);'),
    find: async (folder) => checkDeployed({ folder, provider: 'postgresql', url: await emptyDatabase('postgresql') }),
    words: /Removed tables\s+- planted/,
  },
});

async function sing({ folder: scratch, emptyDatabase }) {
  const missed = await Promise.all(
    Object.entries(canariesOf(emptyDatabase)).map(async ([what, { plant, find, words }], index) => {
      const folder = copyTo(join(scratch, `canary-${index}`));
      plant(folder);
      const found = (await find(folder)) ?? 'nothing was found';
      return words.test(found) ? undefined : `planted drift was not found: ${what}\n${found}`;
    }),
  );
  return missed.filter((problem) => problem !== undefined);
}

const isCanary = process.argv.includes('--canary');
const problems = await withScratchDatabases(isCanary ? sing : check);
for (const problem of problems) console.error(`check-schema: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else if (isCanary) console.log('check-schema: every planted drift was found');
else console.log('check-schema: composed schema, migrations and migrated databases agree on sqlite and postgresql');
