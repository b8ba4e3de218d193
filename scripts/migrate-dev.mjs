#!/usr/bin/env node
// `migrate-dev.mjs <name> [--folder prisma]` composes the schema, and writes what has changed as a migration of that name
// for each provider, with `prisma migrate dev` on temporary databases. PostgreSQL is the server of TEST_DATABASE_URL, or
// one that is started for the purpose.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { authorMigration } from './schema/author-migration.mjs';
import { composeRepository } from './schema/compose-repository.mjs';
import { repository } from './schema/prisma-cli.mjs';
import { withScratchDatabases } from './schema/scratch-databases.mjs';

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { folder: { type: 'string' } } });
  const [name] = positionals;
  if (!name) throw new Error('say what the migration does: migrate-dev.mjs <name>');
  const folder = resolve(values.folder ?? join(repository, 'prisma'));
  await composeRepository({ folder });
  const migration = await withScratchDatabases(({ emptyDatabase }) => authorMigration({ folder, name, emptyDatabase }));
  if (migration === undefined) console.log('migrate-dev: the migrations already make the schema');
  else
    console.log(`migrate-dev: wrote prisma/{sqlite,postgresql}/migrations/${migration}: read both before you commit`);
} catch (error) {
  console.error(`migrate-dev: ${error.message}${error.hint ? `\n${error.hint}` : ''}`);
  process.exitCode = 1;
}
