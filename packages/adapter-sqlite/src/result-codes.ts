/** The primary result codes of SQLite by name (https://www.sqlite.org/rescode.html). */
const PRIMARY: Readonly<Record<string, number>> = {
  ERROR: 1,
  INTERNAL: 2,
  PERM: 3,
  ABORT: 4,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  INTERRUPT: 9,
  IOERR: 10,
  CORRUPT: 11,
  NOTFOUND: 12,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  EMPTY: 16,
  SCHEMA: 17,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  MISUSE: 21,
  NOLFS: 22,
  AUTH: 23,
  FORMAT: 24,
  RANGE: 25,
  NOTADB: 26,
  NOTICE: 27,
  WARNING: 28,
};

/** The extended codes of a primary code, numbered from 1 in this order. `-` marks a number that is not in use. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  ERROR: 'MISSING_COLLSEQ RETRY SNAPSHOT',
  ABORT: '- ROLLBACK',
  BUSY: 'RECOVERY SNAPSHOT TIMEOUT',
  LOCKED: 'SHAREDCACHE VTAB',
  READONLY: 'RECOVERY CANTLOCK ROLLBACK DBMOVED CANTINIT DIRECTORY',
  IOERR:
    'READ SHORT_READ WRITE FSYNC DIR_FSYNC TRUNCATE FSTAT UNLOCK RDLOCK DELETE BLOCKED NOMEM ACCESS ' +
    'CHECKRESERVEDLOCK LOCK CLOSE DIR_CLOSE SHMOPEN SHMSIZE SHMLOCK SHMMAP SEEK DELETE_NOENT MMAP GETTEMPPATH ' +
    'CONVPATH VNODE AUTH BEGIN_ATOMIC COMMIT_ATOMIC ROLLBACK_ATOMIC DATA CORRUPTFS IN_PAGE',
  CORRUPT: 'VTAB SEQUENCE INDEX',
  CANTOPEN: 'NOTEMPDIR ISDIR FULLPATH CONVPATH DIRTYWAL SYMLINK',
  CONSTRAINT: 'CHECK COMMITHOOK FOREIGNKEY FUNCTION NOTNULL PRIMARYKEY TRIGGER UNIQUE VTAB ROWID PINNED DATATYPE',
  AUTH: 'USER',
  NOTICE: 'RECOVER_WAL RECOVER_ROLLBACK RBU',
  WARNING: 'AUTOINDEX',
};

const CODES: ReadonlyMap<string, number> = new Map([
  ...Object.entries(PRIMARY).map(([name, code]): [string, number] => [`SQLITE_${name}`, code]),
  ...Object.entries(EXTENSIONS).flatMap(([name, extensions]) =>
    extensions
      .split(' ')
      .map((extension, index): [string, number] => [
        `SQLITE_${name}_${extension}`,
        (PRIMARY[name] as number) | ((index + 1) << 8),
      ]),
  ),
]);

const UNKNOWN_PREFIX = 'UNKNOWN_SQLITE_ERROR_';

/**
 * The number of a result code that better-sqlite3 gives by name only. 1 (`SQLITE_ERROR`) for a name that SQLite does
 * not have.
 */
export function resultCode(name: string): number {
  if (name.startsWith(UNKNOWN_PREFIX)) return Number(name.slice(UNKNOWN_PREFIX.length)) || 1;
  return CODES.get(name) ?? 1;
}
