import { statSync } from 'node:fs';
import { parseDatabaseUrl } from '@sheaf/db';
import type { CliContext } from './build-program.ts';
import { cliErrors } from './errors.ts';
import { databaseConfig } from './open-sheaf.ts';

/**
 * For commands that have nothing to do in a new database: opening a file of SQLite would make it.
 *
 * @throws `cli.no-database`.
 */
export function requireDatabase(context: CliContext): void {
  const target = parseDatabaseUrl(databaseConfig(context).url);
  if (target.provider !== 'sqlite' || target.path === ':memory:' || !isMissing(target.path)) return;
  throw cliErrors.create('no-database', { path: target.path });
}

function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    // It may be there: opening it says what is in the way.
    return false;
  }
}
