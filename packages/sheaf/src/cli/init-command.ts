import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { CliContext } from './build-program.ts';
import { cliErrors } from './errors.ts';
import { addExamples } from './help.ts';
import { databaseConfig, openSheaf } from './open-sheaf.ts';

const CONFIG_NAME = 'sheaf.config.ts';
const CONFIG_TEXT = `import { defineConfig } from 'sheaf';

export default defineConfig({
  // SQLite in a file; postgres://user:password@host/database works as well.
  database: { url: '.sheaf/sheaf.db' },
});
`;

/** `sheaf init`: a configuration, an entry in .gitignore, an empty database. */
export function addInitCommand(program: Command, context: CliContext): void {
  const init = program
    .command('init')
    .description('Set up this folder: a configuration and an empty database')
    .action(async () => {
      const { io } = context;
      const file = join(io.cwd, CONFIG_NAME);
      if (context.loaded.file ?? (existsSync(file) ? file : undefined)) {
        throw cliErrors.create('file-exists', { file: context.loaded.file ?? file });
      }
      const { url } = databaseConfig(context);
      const sheaf = await openSheaf(context);
      try {
        await sheaf.workspaces.ensure('default');
      } finally {
        await sheaf.close();
      }
      writeFileSync(file, configText(io.cwd, url));
      const hasIgnored = ignore(join(io.cwd, '.gitignore'));
      const { json, quiet } = context.globals();
      const database = sheaf.connection.label;
      if (json) return void io.stdout.write(`${JSON.stringify({ config: file, database })}\n`);
      const ignored = hasIgnored ? ' Added .sheaf/ to .gitignore.' : '';
      io.stdout.write(`Made ${CONFIG_NAME} and the database ${database}.${ignored}\n`);
      if (!quiet) io.stdout.write('Next:\n  sheaf map https://docs.example.com\n');
    });
  addExamples(init, [
    { line: 'sheaf init', summary: 'An SQLite database in .sheaf/' },
    { line: 'sheaf init --database data/docs.db', summary: 'In a file of your choice' },
  ]);
}

/** A path inside the folder is written as it stands there; a server's URL has a password and is not written at all. */
function configText(cwd: string, url: string): string {
  const path = relative(cwd, url);
  return url.includes('://') || path.startsWith('..') ? CONFIG_TEXT : CONFIG_TEXT.replace('.sheaf/sheaf.db', path);
}

/** Adds the data folder to an existing .gitignore; gives whether it did. */
function ignore(file: string): boolean {
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  if (text.split('\n').some((line) => line.trim().replace(/\/$/, '') === '.sheaf')) return false;
  writeFileSync(file, `${text}${text.endsWith('\n') || text === '' ? '' : '\n'}.sheaf/\n`);
  return true;
}
