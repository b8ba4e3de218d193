/** The file that a SQLite URL names, relative to the working directory: the URL without scheme and parameters. */
export function sqlitePathOf(url: string): string {
  return url.replace(/^(file|sqlite):(\/\/(?=\/))?/, '').replace(/\?.*$/, '');
}

/** Whether a SQLite URL names a database that lives in memory only. */
export function isSqliteInMemory(url: string): boolean {
  return sqlitePathOf(url) === ':memory:';
}
