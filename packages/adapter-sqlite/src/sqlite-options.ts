import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SqliteAdapterError } from './sqlite-error.ts';

/** How to open a database. */
export interface SqliteOptions {
  /** A file path, a `file:` URL (its query is ignored) or `:memory:`. The file is created if need be. */
  readonly path: string;
  /** How long to wait for another transaction, of this process or another, in milliseconds. Default 10 000. */
  readonly busyTimeout?: number;
  /**
   * What survives what. `NORMAL` (default): a killed process loses no commit, a power cut may lose the last ones.
   * `FULL`: neither loses one. `OFF`: a power cut may corrupt the file.
   */
  readonly synchronous?: 'NORMAL' | 'FULL' | 'OFF';
  /** Further pragmas for every connection, such as `{ cache_size: -64000 }`. They win over the defaults. */
  readonly pragmas?: Readonly<Record<string, string | number>>;
  /** Prepared statements kept by each connection, the least recently used leaving first. Default 200. */
  readonly statementCacheSize?: number;
  /**
   * Reader connections kept open, at least 1; default 2. One serves the statements, the others serve `iterate`
   * (a stream that finds none idle opens one for itself).
   */
  readonly readers?: number;
  /** Open an existing file for reading only: every write fails. Default false. */
  readonly readonly?: boolean;
}

/** Options with every default filled in and every value checked. */
export interface ResolvedSqliteOptions {
  readonly path: string;
  readonly isMemory: boolean;
  readonly busyTimeout: number;
  readonly statementCacheSize: number;
  readonly readers: number;
  readonly isReadonly: boolean;
  /** In the order in which they must be set. */
  readonly writerPragmas: readonly (readonly [name: string, value: string | number])[];
  readonly readerPragmas: readonly (readonly [name: string, value: string | number])[];
}

/**
 * Pages in the log from which a commit moves them to the file: 32 MiB. With SQLite's own 1,000, a writer of documents
 * waits for the disk every few commits, and writes the pages of its indexes over and over.
 */
const CHECKPOINT_PAGES = 8_192;

/** @throws SqliteAdapterError `INVALID_OPTION` */
export function resolveSqliteOptions(options: SqliteOptions): ResolvedSqliteOptions {
  const isMemory = isMemoryPath(options.path);
  const isReadonly = options.readonly ?? false;
  if (isMemory && isReadonly) throw invalid('readonly', 'an in-memory database cannot be opened for reading only');
  const pragmas = checkPragmas(options.pragmas ?? {});
  // page_size and auto_vacuum only work before the switch to WAL, so the caller's pragmas come first.
  const writerPragmas = Object.entries({
    ...pragmas,
    ...(isReadonly ? {} : { journal_mode: 'WAL' }),
    synchronous: options.synchronous ?? 'NORMAL',
    foreign_keys: 'ON',
    wal_autocheckpoint: CHECKPOINT_PAGES,
    ...pragmas,
  });
  return {
    path: isMemory ? ':memory:' : filePath(options.path),
    isMemory,
    busyTimeout: checkInteger('busyTimeout', options.busyTimeout ?? 10_000, 0),
    statementCacheSize: checkInteger('statementCacheSize', options.statementCacheSize ?? 200, 0),
    readers: checkInteger('readers', options.readers ?? 2, 1),
    isReadonly,
    writerPragmas,
    readerPragmas: [...writerPragmas.filter(([name]) => name !== 'journal_mode'), ['query_only', 'ON']],
  };
}

function isMemoryPath(path: string): boolean {
  return /^(file:)?:memory:(\?|$)/.test(path) || /^file:.*[?&]mode=memory(&|$)/.test(path);
}

function filePath(path: string): string {
  // Prisma's `file:./dev.db` is no URL: only `file://` is percent-decoded.
  const file = path.startsWith('file://')
    ? fileURLToPath(path.replace(/\?.*$/, ''))
    : path.startsWith('file:')
      ? path.slice('file:'.length).replace(/\?.*$/, '')
      : path;
  if (file.trim() === '') throw invalid('path', 'it is empty');
  return resolve(file);
}

function checkInteger(name: string, value: number, minimum: number): number {
  if (Number.isSafeInteger(value) && value >= minimum) return value;
  throw invalid(name, `${value} is not a whole number of at least ${minimum}`);
}

function checkPragmas(pragmas: Readonly<Record<string, string | number>>): Record<string, string | number> {
  for (const [name, value] of Object.entries(pragmas)) {
    if (!/^[a-z_]+$/.test(name) || !/^[\w.+-]+$/.test(String(value))) {
      throw invalid('pragmas', `"${name} = ${value}" is not a lower-case name with a plain value`);
    }
    if (name === 'busy_timeout') throw invalid('pragmas', 'use the option busyTimeout instead of busy_timeout');
  }
  return { ...pragmas };
}

function invalid(option: string, why: string): SqliteAdapterError {
  return new SqliteAdapterError('INVALID_OPTION', `The option ${option} of an SQLite database is invalid: ${why}.`);
}
