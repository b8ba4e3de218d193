#!/usr/bin/env node
// Checks that prisma/ is what the fragments compose to, that both histories make exactly that schema, and that the
// CLI brings an empty database of each provider up to date. Fails with a line for each problem.
// --canary plants drift in a copy of prisma/ and fails unless every planted drift is found.
// PostgreSQL is the server of TEST_DATABASE_URL, or one that is started for the purpose.
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkComposed, checkDeployed, checkMigrations } from './schema/checks.mjs';
import { repository } from './schema/prisma-cli.mjs';

const { startPostgres } = await import('../packages/testkit/src/postgres/start-postgres.ts');
const { createDatabase, databaseUrl, dropDatabase } = await import('../packages/testkit/src/postgres/databases.ts');

const source = join(repository, 'prisma');
const scratch = mkdtempSync(join(tmpdir(), 'sheaf-schema-'));
const server = await startPostgres();
const databases = [];

async function emptyDatabase(provider) {
  if (provider === 'sqlite') return `file:${join(scratch, `${crypto.randomUUID()}.db`)}`;
  const name = `sheaf_schema_${crypto.randomUUID().replaceAll('-', '')}`;
  databases.push(name);
  await createDatabase(server.url, name);
  return databaseUrl(server.url, name);
}

/** Every problem of a schema folder. */
async function check(folder) {
  const ofProvider = async (provider) => [
    await checkMigrations({ folder, provider, url: await emptyDatabase(provider) }),
    await checkDeployed({ folder, provider, url: await emptyDatabase(provider) }),
  ];
  const problems = await Promise.all([checkComposed(folder), ofProvider('sqlite'), ofProvider('postgresql')]);
  return problems.flat().filter((problem) => problem !== undefined);
}

/** What is planted in a copy, the check that has to find it, and the words that it has to say. */
const canaries = {
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
    plant(folder) {
      const migrations = join(folder, 'postgresql/migrations');
      const [last] = readdirSync(migrations)
        .filter((name) => /^\d/.test(name))
        .sort()
        .reverse();
      appendFileSync(join(migrations, last, 'migration.sql'), '\nCREATE TABLE planted (id integer PRIMARY KEY);\n');
    },
    find: async (folder) => checkDeployed({ folder, provider: 'postgresql', url: await emptyDatabase('postgresql') }),
    words: /Removed tables\s+- planted/,
  },
};

async function sing() {
  const missed = await Promise.all(
    Object.entries(canaries).map(async ([what, { plant, find, words }], index) => {
      const folder = join(scratch, `canary-${index}`);
      cpSync(source, folder, { recursive: true, verbatimSymlinks: true });
      plant(folder);
      const found = (await find(folder)) ?? 'nothing was found';
      return words.test(found) ? undefined : `planted drift was not found: ${what}\n${found}`;
    }),
  );
  return missed.filter((problem) => problem !== undefined);
}

const isCanary = process.argv.includes('--canary');
try {
  const problems = await (isCanary ? sing() : check(source));
  for (const problem of problems) console.error(`check-schema: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else if (isCanary) console.log(`check-schema: all ${Object.keys(canaries).length} planted drifts were found`);
  else console.log('check-schema: composed schema, migrations and migrated databases agree on sqlite and postgresql');
} finally {
  for (const name of databases) await dropDatabase(server.url, name);
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
