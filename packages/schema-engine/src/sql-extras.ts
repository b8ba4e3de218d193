import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from './engine-error.ts';
import type { EngineProvider } from './provider.ts';

export interface ApplyExtrasOptions {
  readonly provider: EngineProvider;
  /** Runs a script on the engine's connection, which may hold the lock of the migrations. */
  readonly execute: (script: string) => Promise<void>;
  /** The `migrations` directory; the extras stand beside it. */
  readonly migrationsDirectory: string;
}

/**
 * Applies `extras.sql` beside the migrations directory, if it is there: idempotent SQL for what Prisma's schema cannot
 * say (row-level security, checks, collations, triggers). It runs in one transaction, after every successful run of
 * the migrations, so it must not hold transaction statements of its own.
 *
 * @throws EngineError that names the file and the reason.
 */
export async function applyExtras(options: ApplyExtrasOptions): Promise<void> {
  const path = join(dirname(options.migrationsDirectory), 'extras.sql');
  if (!existsSync(path)) return;
  const script = readFileSync(path, 'utf8');
  if (script.trim() === '') return;
  const { execute, provider } = options;
  try {
    if (provider === 'postgresql') {
      // Several statements sent as one are one transaction. The lock is the one that Prisma Migrate itself takes, so
      // that two deployments at once apply the extras one after the other.
      await execute(`SELECT pg_advisory_xact_lock(72707369); ${script}`);
    } else {
      await executeInSqliteTransaction(execute, script);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EngineError(`The migrations were applied, but the SQL extras in ${path} failed: ${reason}`, {
      cause: error,
    });
  }
}

async function executeInSqliteTransaction(execute: (sql: string) => Promise<void>, script: string): Promise<void> {
  try {
    await execute(`BEGIN IMMEDIATE; ${script}\n;COMMIT;`);
  } catch (error) {
    // Fails when SQLite has rolled back by itself, or never began.
    await execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
