import Database from 'better-sqlite3';
import { sqlitePathOf } from './sqlite-path.ts';

/**
 * Empties a SQLite database. The engine itself would only delete rows when it works through a driver adapter, and the
 * native engine's way, cutting the file to nothing, breaks whoever has it open. Deleting the catalogue and vacuuming is
 * the way SQLite documents; unlike dropping one table after the other it needs no order, and virtual tables with their
 * shadow tables go too.
 */
export function resetSqlite(url: string): void {
  const database = new Database(sqlitePathOf(url));
  try {
    database.unsafeMode(true);
    database.pragma('writable_schema = ON');
    database.exec("DELETE FROM sqlite_master WHERE type IN ('table', 'index', 'trigger', 'view')");
    database.pragma('writable_schema = RESET');
    database.exec('VACUUM');
  } finally {
    database.close();
  }
}
