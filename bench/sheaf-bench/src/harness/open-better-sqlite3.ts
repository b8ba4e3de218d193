import Database from 'better-sqlite3';

/** With the settings that Sheaf opens its databases with. */
export function openBetterSqlite3(path: string): Database.Database {
  const database = new Database(path);
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) database.pragma(pragma);
  return database;
}
