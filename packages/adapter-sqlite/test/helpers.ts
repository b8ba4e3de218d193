import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openSqlite, type SqliteDatabase, type SqliteOptions } from '@sheaf/adapter-sqlite';
import { onTestFinished } from 'vitest';

/** The path of a database file that does not exist yet, in a directory that goes when the test ends. */
export function newDatabasePath(): string {
  const directory = mkdtempSync(join(tmpdir(), 'adapter-sqlite-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'test.db');
}

/** A database of its own for a test, closed when the test ends. */
export function newDatabase(options: Partial<SqliteOptions> = {}): SqliteDatabase {
  const database = openSqlite({ path: options.path ?? newDatabasePath(), ...options });
  onTestFinished(() => database.close());
  return database;
}

/** What `promise` rejects with; fails when it resolves. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ code?: string; message: string; cause?: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail.');
}

/** A process that runs a program from `fixtures/`. */
export interface Fixture {
  readonly child: ChildProcess;
  /** The next line it prints. */
  nextLine(): Promise<string>;
  /** Its exit code; null when it was killed. What it wrote to stderr makes it fail. */
  readonly exit: Promise<number | null>;
}

/** Starts `fixtures/<name>.ts` in a process of its own, which ends with the test at the latest. */
export function startFixture(name: string, ...args: string[]): Fixture {
  const program = fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = once(child, 'close').then(([code]) => {
    if (stderr !== '') throw new Error(`${name} failed: ${stderr}`);
    return code as number | null;
  });
  exit.catch(() => {});
  return {
    child,
    exit,
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${name} printed nothing more: ${stderr}`);
      return value;
    },
  };
}
