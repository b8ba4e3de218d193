import { existsSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DEFAULT_DATABASE_URL, ejectHistory, parseDatabaseUrl } from '@sheaf/db';
import { type Command, Option } from 'commander';
import type { CliContext } from './build-program.ts';
import { composeApp } from './compose-app.ts';
import { describeChanges } from './describe-changes.ts';
import { addExamples } from './help.ts';
import { missingSchemaTools } from './missing-schema-tools.ts';

const PRISMA_CONFIG = 'prisma.config.ts';

/** `sheaf db eject`: an app's own schema folder, with the history that it goes on from. */
export function addEjectCommand(database: Command, context: CliContext): void {
  const eject = database
    .command('eject')
    .description('Take the shipped migrations into a folder of your own')
    .addOption(new Option('--folder <path>', 'The schema folder').default('prisma', 'prisma'))
    .action(async (options: { readonly folder: string }) => {
      const { io, loaded, globals } = context;
      const folder = resolve(io.cwd, options.folder);
      const name = relative(io.cwd, folder);
      const history = ejectHistory({ folder });
      const models = await composeApp({ config: loaded.config, folder });
      const changed = [...history.changed, ...models.changed].map((path) => join(name, path));
      const removed = models.removed.map((path) => join(name, path));
      if (!existsSync(join(io.cwd, PRISMA_CONFIG))) {
        writeFileSync(join(io.cwd, PRISMA_CONFIG), prismaConfig(name, databaseFile(context)));
        changed.push(PRISMA_CONFIG);
      }
      const { json, quiet } = globals();
      if (json) return void io.stdout.write(`${JSON.stringify({ changed, removed })}\n`);
      if (changed.length === 0) return void io.stdout.write(`${name} has the shipped history already.\n`);
      io.stdout.write(describeChanges({ changed, removed }));
      if (quiet) return;
      const isNamed = loaded.config.migrationsFolder && resolve(io.cwd, loaded.config.migrationsFolder) === folder;
      const missing = missingSchemaTools(io.cwd);
      const next = [
        ...(missing.length === 0 ? [] : [`npm install --save-dev ${missing.join(' ')}`]),
        ...(isNamed ? [] : [`name it in sheaf.config.ts: migrationsFolder: ${JSON.stringify(name)}`]),
        'npx prisma migrate dev, when the models have changed',
      ];
      io.stdout.write(`Next:\n${next.map((line) => `  ${line}\n`).join('')}`);
    });
  addExamples(eject, [
    { line: 'sheaf db eject', summary: 'Before the first plugin with models, and after an update of Sheaf' },
  ]);
}

/** The SQLite file of the app, as its configuration has it; a server's URL has a password, and is not written. */
function databaseFile({ loaded }: CliContext): string {
  const { url = DEFAULT_DATABASE_URL } = loaded.config.database ?? {};
  const target = parseDatabaseUrl(url);
  if (target.provider !== 'sqlite' || target.path === ':memory:') return DEFAULT_DATABASE_URL;
  return url.startsWith('file:') ? target.path : url;
}

const prismaConfig = (folder: string, file: string): string => `// Prisma's CLI on the database of this app: the one \
that SHEAF_DATABASE_URL or DATABASE_URL names, else the SQLite file.
import { resolve } from 'node:path';
import { useWasmSchemaEngine } from '@sheaf/schema-engine';
import { defineConfig } from 'prisma/config';

useWasmSchemaEngine();

const named = process.env.SHEAF_DATABASE_URL || process.env.DATABASE_URL || ${JSON.stringify(file)};
const url = named.includes(':') ? named : \`file:\${resolve(named)}\`;
const schema = url.startsWith('postgres') ? ${JSON.stringify(`${folder}/postgresql`)} : ${JSON.stringify(`${folder}/sqlite`)};

export default defineConfig({ schema, migrations: { path: \`\${schema}/migrations\` }, datasource: { url } });
`;
