import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dbErrors } from '../errors.ts';

export type DatabaseTarget = SqliteTarget | PostgresqlTarget;

export interface SqliteTarget {
  readonly provider: 'sqlite';
  /** Absolute, or `:memory:`. */
  readonly path: string;
}

export interface PostgresqlTarget {
  readonly provider: 'postgresql';
  readonly url: URL;
  /** Host, port and database, without user and password. */
  readonly label: string;
  /** From `?schema=`, as Prisma writes it; default `public`. */
  readonly schema: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Reads a database URL or path.
 *
 * @throws `db.unsupported-url` for everything but SQLite paths, `file:` and `postgres://`; names the accepted forms.
 */
export function parseDatabaseUrl(url: string): DatabaseTarget {
  const text = url.trim();
  if (text === ':memory:' || text === 'file::memory:') return { provider: 'sqlite', path: ':memory:' };
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'postgres' || scheme === 'postgresql') return parsePostgresql(text);
  if (scheme === 'file') return { provider: 'sqlite', path: sqlitePath(text) };
  if (text === '' || (scheme !== undefined && text.includes('://'))) {
    throw dbErrors.create('unsupported-url', { url: withoutPassword(text) });
  }
  // A drive letter or a relative name with a colon is a path; a scheme without `//` such as `mysql:` is not.
  if (scheme !== undefined && scheme.length > 1)
    throw dbErrors.create('unsupported-url', { url: withoutPassword(text) });
  return { provider: 'sqlite', path: resolve(text) };
}

function sqlitePath(text: string): string {
  const withoutQuery = text.replace(/\?.*$/, '');
  try {
    // `file:./dev.db` is Prisma's spelling of a relative path; with slashes it is a URL, which may name a host.
    if (/^file:\/\//i.test(withoutQuery)) return fileURLToPath(withoutQuery);
    return resolve(decodeURIComponent(withoutQuery.slice('file:'.length)));
  } catch (cause) {
    throw dbErrors.create('unsupported-url', { url: text }, { cause });
  }
}

function parsePostgresql(text: string): PostgresqlTarget {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw dbErrors.create('unsupported-url', { url: withoutPassword(text) }, { cause });
  }
  return {
    provider: 'postgresql',
    url,
    label: `${url.host || 'localhost'}${url.pathname}`,
    schema: url.searchParams.get('schema') ?? 'public',
  };
}

export function withoutPassword(text: string): string {
  return text.replace(/\/\/([^@/]*)@/, '//***@');
}
