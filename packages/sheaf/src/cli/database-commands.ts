import { resolve } from 'node:path';
import { applyMigrations, inspectMigrations } from '@sheaf/db';
import { type Command, Option } from 'commander';
import type { CliContext } from './build-program.ts';
import { composeApp } from './compose-app.ts';
import { describeChanges } from './describe-changes.ts';
import { addEjectCommand } from './eject-command.ts';
import { addExamples } from './help.ts';
import { describeStatus } from './migration-status.ts';
import { withConnection } from './open-connection.ts';
import { requireDatabase } from './require-database.ts';

/** `sheaf db …`: the schema and its history. */
export function addDatabaseCommands(program: Command, context: CliContext): void {
  const { io, loaded, globals } = context;
  const database = program.command('db').description('Migrate the database, see where it stands, make its schema');
  const folder = (): { folder?: string } =>
    loaded.config.migrationsFolder === undefined ? {} : { folder: resolve(io.cwd, loaded.config.migrationsFolder) };

  const migrate = database
    .command('migrate')
    .description('Apply the pending migrations')
    .action(async () => {
      const { label, applied } = await withConnection(context, async (connection) => ({
        label: connection.label,
        ...(await applyMigrations(connection, folder())),
      }));
      if (globals().json) return print(io, { applied });
      io.stdout.write(
        applied.length === 0
          ? `${label} is up to date.\n`
          : `Applied ${applied.length} migration(s) to ${label}:\n${listed(applied)}`,
      );
    });
  addExamples(migrate, [
    { line: 'sheaf db migrate', summary: 'The database of this folder' },
    {
      line: 'sheaf db migrate --database postgres://owner@db.example.com/sheaf',
      summary: 'A server, by the role that owns it',
    },
  ]);

  const status = database
    .command('status')
    .description('Show how the database stands to its migrations')
    .action(async () => {
      requireDatabase(context);
      const found = await withConnection(context, async (connection) => ({
        label: connection.label,
        provider: connection.provider,
        report: await inspectMigrations(connection, folder()),
      }));
      if (globals().json) return print(io, { database: found.label, provider: found.provider, ...found.report });
      io.stdout.write(describeStatus(found));
    });
  addExamples(status, [{ line: 'sheaf db status', summary: 'Whether a migration is due; changes nothing' }]);

  const compose = database
    .command('compose')
    .description('Compose the plugins’ models into one schema folder for Prisma')
    .addOption(new Option('--folder <path>', 'The schema folder').default('prisma', 'prisma'))
    .option('--check', 'Change nothing; fail when the folder is out of date')
    .action(async (options: { readonly folder: string; readonly check?: boolean }) => {
      const changes = await composeApp({
        config: loaded.config,
        folder: resolve(io.cwd, options.folder),
        check: options.check === true,
      });
      if (globals().json) return print(io, changes);
      io.stdout.write(describeChanges(changes) || 'The schema is up to date.\n');
    });
  addExamples(compose, [
    { line: 'sheaf db compose', summary: 'After a plugin was added or updated' },
    { line: 'sheaf db compose --check', summary: 'In CI: fails when someone forgot to' },
  ]);

  addEjectCommand(database, context);
}

function listed(names: readonly string[]): string {
  return names.map((name) => `  ${name}\n`).join('');
}

function print(io: CliContext['io'], value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}
