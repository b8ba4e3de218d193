import { resolve } from 'node:path';
import { clients } from '@sheaf/client';
import { backupDatabase, restoreBackup } from '@sheaf/db';
import type { Command } from 'commander';
import { displayDoctor } from '../doctor/display-doctor.ts';
import type { DoctorOutput } from '../doctor/doctor-output.ts';
import { doctorTool } from '../doctor/doctor-tool.ts';
import type { CliContext } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { cliErrors } from './errors.ts';
import { addExamples } from './help.ts';
import { openConnection } from './open-connection.ts';
import { openProgress } from './open-progress.ts';
import { databaseConfig, openSheaf } from './open-sheaf.ts';
import { render } from './render.ts';
import { requireDatabase } from './require-database.ts';
import { widthOf } from './terminal.ts';

/** `sheaf backup` and `sheaf restore`: the database with its bytes, of all workspaces. */
export function addBackupCommands(program: Command, context: CliContext): void {
  const { io, loaded, globals } = context;

  const backup = program
    .command('backup')
    .description('Write a backup: the database and the bytes, as of one moment, while others work on it')
    .argument('<folder>', 'The folder to make')
    .action(async (folder: string) => {
      const progress = openProgress(context);
      const written = await stoppable(context, async () => {
        requireDatabase(context);
        const connection = await openConnection(context);
        try {
          return await backupDatabase({
            connection,
            target: resolve(io.cwd, folder),
            signal: io.signal,
            onProgress: (phase, done, total) =>
              progress.report({ phase, done, ...(total === undefined ? {} : { total }) }),
          });
        } finally {
          await connection.close();
        }
      }).finally(() => progress.end());
      if (globals().json) return print(written);
      const { path, parts, contents, missing } = written;
      const bytes = parts.reduce((sum, part) => sum + part.bytes, contents.bytes);
      show({
        kind: 'text',
        text: `Wrote ${path}: ${bytes} bytes, with the files of ${contents.files} contents.`,
        notes: missing.length === 0 ? [] : [`The bytes of ${missing.length} contents were not in the store.`],
        next: missing.length === 0 ? [] : ['sheaf doctor --deep'],
      });
    });
  addExamples(backup, [
    { line: 'sheaf backup backups/monday', summary: 'The database of this folder' },
    { line: 'sheaf backup monday --database postgres://owner@db.example.com/sheaf', summary: 'That of a server' },
  ]);

  const restore = program
    .command('restore')
    .description('Restore a backup into a database that does not exist or is empty, and check it')
    .argument('<folder>', 'What `sheaf backup` has written')
    .option('--overwrite', 'Replace what is there; an SQLite database is kept under another name')
    .action(async (folder: string, options: { readonly overwrite?: boolean }) => {
      const { migrationsFolder } = loaded.config;
      const { echoSql: _, ...settings } = databaseConfig(context);
      const restored = await stoppable(context, () =>
        restoreBackup({
          ...(settings as { readonly url: string }),
          clients,
          backup: resolve(io.cwd, folder),
          overwrite: options.overwrite,
          signal: io.signal,
          migrations: migrationsFolder === undefined ? {} : { folder: resolve(io.cwd, migrationsFolder) },
        }),
      );
      const checked = await check(context);
      if (globals().json) print({ ...restored, doctor: checked });
      else {
        show({
          kind: 'text',
          text: `Restored what was written at ${restored.createdAt}.`,
          notes: restored.replaced.map((path) => `What was there is now ${path}.`),
        });
        show(displayDoctor(checked));
      }
      const failure = doctorTool.failure?.(checked);
      if (failure) throw failure;
    });
  addExamples(restore, [
    { line: 'sheaf restore backups/monday --database restored.db', summary: 'Into a file of its own, to look at it' },
    { line: 'sheaf restore backups/monday --overwrite', summary: 'Over the database of this folder' },
  ]);

  function show(display: Parameters<typeof render>[0]): void {
    const shown = globals().quiet ? { ...display, next: [] } : display;
    const colors = colorsFor(io.stdout, io, !globals().color);
    io.stdout.write(render(shown, { width: widthOf(io.stdout, io.env), colors }));
  }
  function print(value: unknown): void {
    io.stdout.write(`${JSON.stringify(value)}\n`);
  }
}

/** What is given up has taken its own traces away. */
async function stoppable<T>({ io }: CliContext, work: () => Promise<T>): Promise<T> {
  try {
    io.signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (io.signal.aborted) throw cliErrors.create('interrupted', {}, { cause: error });
    throw error;
  }
}

/** `sheaf doctor --deep`, after newer migrations were applied. */
async function check(context: CliContext): Promise<DoctorOutput> {
  const sheaf = await openSheaf(context);
  try {
    const call = {
      workspace: 'default',
      plugin: 'doctor',
      tool: 'run',
      input: { deep: true },
      signal: context.io.signal,
    };
    return (await sheaf.call(call)) as DoctorOutput;
  } finally {
    await sheaf.close();
  }
}
