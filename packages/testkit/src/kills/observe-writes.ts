import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** Something a process does to its store, as the drivers and the file system see it. */
export type Operation =
  | { readonly type: 'statement'; readonly connection: object; readonly text: string }
  | { readonly type: 'file'; readonly label: string };

export interface OperationObserver {
  /** Called at once before the operation is sent; what it does not return from is never sent. */
  before(operation: Operation): void;
  /** Called when the operation has succeeded and nobody else knows yet. */
  after(operation: Operation): void;
}

/**
 * Shows every SQL statement and every change of a file below a folder, of this process from now on, to an observer. It
 * works on the drivers themselves, so that nothing of the product has to know of it, and nothing passes it by.
 */
export function observeWrites(observer: OperationObserver, folder: string): void {
  observeSqlite(observer);
  observePostgresql(observer);
  observeFiles(observer, folder);
}

type Call = (this: object, ...args: unknown[]) => unknown;

/** Replaces methods of an object by ones that tell the observer; an operation that is undefined is of no interest. */
function wrap(
  target: object,
  names: readonly string[],
  observer: OperationObserver,
  operationOf: (self: object, args: readonly unknown[], name: string) => Operation | undefined,
): void {
  const methods = target as Record<string, Call | undefined>;
  for (const name of names) {
    const original = methods[name];
    if (typeof original !== 'function') throw new Error(`There is no ${name} to observe.`);
    methods[name] = function wrapped(...args) {
      const operation = operationOf(this, args, name);
      if (operation === undefined) return original.apply(this, args);
      const succeed = (): void => observer.after(operation);
      observer.before(operation);
      const callback = args.at(-1);
      if (typeof callback === 'function') {
        return original.apply(this, [...args.slice(0, -1), reportTo(callback as Call, succeed)]);
      }
      const result = original.apply(this, args);
      if (!(result instanceof Promise)) {
        succeed();
        return result;
      }
      return result.then((value: unknown) => {
        succeed();
        return value;
      });
    };
  }
}

function reportTo(callback: Call, succeed: () => void): Call {
  return function reported(error, ...rest) {
    if (!error) succeed();
    return callback.call(this, error, ...rest);
  };
}

function observeSqlite(observer: OperationObserver): void {
  const probe = new Sqlite(':memory:');
  const statements = Object.getPrototypeOf(probe.prepare('SELECT 1')) as object;
  probe.close();
  wrap(statements, ['run', 'get', 'all', 'iterate'], observer, (self) => {
    const { source, database } = self as { readonly source: string; readonly database: object };
    return { type: 'statement', connection: database, text: source };
  });
  wrap(Sqlite.prototype, ['exec'], observer, (self, [text]) => ({
    type: 'statement',
    connection: self,
    text: String(text),
  }));
}

function observePostgresql(observer: OperationObserver): void {
  wrap(pg.Client.prototype, ['query'], observer, (self, [query]) => {
    const text = typeof query === 'string' ? query : (query as { readonly text?: unknown } | undefined)?.text;
    return typeof text === 'string' ? { type: 'statement', connection: self, text } : undefined;
  });
}

const FILE_CHANGES = ['mkdir', 'rename', 'rm', 'utimes', 'unlink', 'writeFile', 'copyFile', 'truncate'] as const;
const BLOCKING_CHANGES = ['mkdirSync', 'renameSync', 'rmSync', 'unlinkSync', 'writeFileSync', 'copyFileSync'] as const;

function observeFiles(observer: OperationObserver, folder: string): void {
  const change = (path: unknown, name: string): Operation | undefined =>
    String(path).startsWith(folder) ? { type: 'file', label: `${name} ${kindOfFile(String(path))}` } : undefined;
  const changeOf = (_: object, args: readonly unknown[], name: string): Operation | undefined =>
    change(args[/^(?:rename|copyFile)/.test(name) ? 1 : 0], name);
  wrap(fs.promises, FILE_CHANGES, observer, changeOf);
  wrap(fs, BLOCKING_CHANGES, observer, changeOf);
  const open = fs.promises.open;
  wrap(fs.promises, ['open'], observer, (self, args, name) =>
    isRead(args[1]) ? undefined : changeOf(self, args, name),
  );
  const observedOpen = fs.promises.open;
  fs.promises.open = async (...args: Parameters<typeof open>) => {
    const handle = await observedOpen(...args);
    if (!isRead(args[1]))
      wrap(handle, ['writeFile', 'sync', 'close'], observer, (_, __, name) => change(args[0], name));
    return handle;
  };
  syncBuiltinESMExports();
}

function isRead(flags: unknown): boolean {
  return flags === undefined || flags === 'r';
}

/** A path without what differs from file to file: digests, ids and their beginnings. */
function kindOfFile(path: string): string {
  const generic = (name: string): string => name.replaceAll(/[0-9a-f]{8,}(?:-[0-9a-f]{4,})*|\b[0-9a-f]{1,2}\b/g, '*');
  return `${generic(basename(dirname(path)))}/${generic(basename(path))}`;
}
