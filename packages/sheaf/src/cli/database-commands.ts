import { resolve } from 'node:path';
import { clients, type SheafClient } from '@sheaf/client';
import { applyMigrations, type Connection, composeToFolder, connect, pendingMigrations, readFragment } from '@sheaf/db';
import type { Command } from 'commander';
import type { CliContext } from './build-program.ts';
import { databaseConfig } from './open-sheaf.ts';
import { planPlugins } from './plan-plugins.ts';

/** `sheaf db …`: the schema and its history. */
export function addDatabaseCommands(program: Command, context: CliContext): void {
  const { io, loaded, globals } = context;
  const database = program.command('db').description('Migrate the database, see where it stands, compose the schema');
  const folder = (): { folder?: string } =>
    loaded.config.migrationsFolder === undefined ? {} : { folder: resolve(io.cwd, loaded.config.migrationsFolder) };

  database
    .command('migrate')
    .description('Apply the pending migrations')
    .action(() =>
      withConnection(context, async (connection) => {
        const { applied } = await applyMigrations(connection, folder());
        if (globals().json) return print(io, { applied });
        io.stdout.write(
          applied.length === 0
            ? `${connection.label} is up to date.\n`
            : `Applied ${applied.length} migration(s) to ${connection.label}:\n${applied.map((name) => `  ${name}\n`).join('')}`,
        );
      }),
    );

  database
    .command('status')
    .description('Show which migrations the database has and lacks')
    .action(() =>
      withConnection(context, async (connection) => {
        const pending = await pendingMigrations(connection, folder());
        if (globals().json) return print(io, { database: connection.label, provider: connection.provider, pending });
        io.stdout.write(
          pending.length === 0
            ? `${connection.label} (${connection.provider}) is up to date.\n`
            : `${connection.label} (${connection.provider}) lacks ${pending.length} migration(s):\n${pending.map((name) => `  ${name}\n`).join('')}Next:\n  sheaf db migrate\n`,
        );
      }),
    );

  database
    .command('compose')
    .description('Compose the plugins’ models into one schema folder for Prisma')
    .option('--folder <path>', 'the schema folder', 'prisma')
    .option('--check', 'change nothing; fail when the folder is out of date')
    .action(async (options: { readonly folder: string; readonly check?: boolean }) => {
      const { plugins } = planPlugins(loaded.config);
      const fragments = await Promise.all(
        plugins.flatMap((plugin) => (plugin.schema ? [readFragment({ owner: plugin.id, schema: plugin.schema })] : [])),
      );
      const { changed } = composeToFolder({
        fragments,
        folder: resolve(io.cwd, options.folder),
        check: options.check === true,
      });
      if (globals().json) return print(io, { changed });
      io.stdout.write(
        changed.length === 0
          ? 'The schema is up to date.\n'
          : `Wrote ${changed.map((path) => `\n  ${path}`).join('')}\n`,
      );
    });
}

async function withConnection(
  context: CliContext,
  work: (connection: Connection<SheafClient>) => Promise<void>,
): Promise<void> {
  const { echoSql: _, ...settings } = databaseConfig(context);
  const connection = await connect({ ...settings, clients } as Parameters<typeof connect<SheafClient>>[0]);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

function print(io: CliContext['io'], value: unknown): void {
  io.stdout.write(`${JSON.stringify(value)}\n`);
}
