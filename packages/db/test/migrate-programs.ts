import { spawn } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Provider, shippedSchemaFolder } from '../src/index.ts';
import { temporaryFolder } from './migrate-support.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const fixture = fileURLToPath(new URL('./fixtures/migrate.ts', import.meta.url));
const cli = createRequire(new URL('../../client/package.json', import.meta.url)).resolve('prisma/build/index.js');

export interface ProgramEnd {
  readonly code: number | null;
  /** Of both streams. */
  readonly output: string;
}

export interface Program {
  readonly ended: Promise<ProgramEnd>;
  /** `kill -9`. */
  kill(): Promise<ProgramEnd>;
}

/** The in-process runner, in a process of its own. */
export function startRunner(url: string, folder?: string): Program {
  return start(['--conditions=@sheaf/source', fixture, url, ...(folder === undefined ? [] : [folder])]);
}

/** The names of what a runner applied. @throws when it failed. */
export async function appliedBy(runner: Program): Promise<string[]> {
  const { code, output } = await runner.ended;
  if (code !== 0) throw new Error(output);
  return JSON.parse(output) as string[];
}

export interface PrismaDatabase {
  readonly provider: Provider;
  readonly url: string;
  /** The schema folder; default the shipped one. */
  readonly folder?: string;
}

/** Prisma's own CLI with this repository's configuration. */
export function startPrisma({ provider, url, folder }: PrismaDatabase, ...args: readonly string[]): Program {
  return start([cli, ...args], {
    SHEAF_DATABASE_URL: provider === 'sqlite' ? `file:${url}` : url,
    SHEAF_SCHEMA_FOLDER: folder ?? '',
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    NO_COLOR: '1',
  });
}

/** What the CLI prints. @throws when it fails. */
export async function prisma(database: PrismaDatabase, ...args: readonly string[]): Promise<string> {
  const { code, output } = await startPrisma(database, ...args).ended;
  if (code !== 0) throw new Error(output);
  return output;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Program {
  const child = spawn(process.execPath, args, { cwd: repository, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<ProgramEnd>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, output }));
  });
  return {
    ended,
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}

export interface SchemaFolderOptions {
  readonly provider: Provider;
  /** The scripts of the migrations by their names. */
  readonly migrations: Readonly<Record<string, string>>;
  readonly extras?: string;
  /** The Prisma models that the migrations make. */
  readonly models?: string;
}

/** A schema folder that is removed when the test has finished. */
export async function schemaFolder(options: SchemaFolderOptions): Promise<string> {
  const { provider, migrations, extras = '', models = '' } = options;
  const folder = await temporaryFolder();
  const own = join(folder, provider);
  const shipped = join(shippedSchemaFolder(), provider);
  for (const name of Object.keys(migrations)) await mkdir(join(own, 'migrations', name), { recursive: true });
  await cp(join(shipped, 'datasource.prisma'), join(own, 'datasource.prisma'));
  await cp(join(shipped, 'migrations/migration_lock.toml'), join(own, 'migrations/migration_lock.toml'));
  await writeFile(join(own, 'models.prisma'), models);
  await writeFile(join(own, 'extras.sql'), extras);
  for (const [name, script] of Object.entries(migrations)) {
    await writeFile(join(own, 'migrations', name, 'migration.sql'), script);
  }
  return folder;
}
