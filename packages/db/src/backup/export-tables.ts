import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, rawSql, sql } from '../sql/statement.ts';
import { ROLES } from '../tenancy/roles.ts';
import { digestFile } from './durable-files.ts';
import type { BackupManifest, BackupPart } from './manifest.ts';

export interface ExportTablesOptions {
  /** One state of the database. */
  readonly db: SqlExecutor;
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onTable?: ((done: number, total: number) => void) | undefined;
}

/** Prisma's own list of migrations is in the manifest. */
const HISTORY = '_prisma_migrations';
const CURSOR = 'sheaf_backup';
/** Bytes to be held in memory at a time, as far as one row does not have more. */
const FETCH_BYTES = 8_000_000;
const MAX_ROWS = 1_000;

/** Writes each table of a PostgreSQL schema as lines of JSON, in bounded memory. */
export async function exportTables(options: ExportTablesOptions): Promise<readonly BackupPart[]> {
  const { db, folder, signal, onTable } = options;
  // The owner sees no rows of workspaces by itself; who sees everything may not see what was made by hand as another role.
  await db.all(sql`
    SELECT set_config('role', a.rolname, true) FROM pg_roles AS a JOIN pg_roles AS login ON login.rolname = session_user
    WHERE a.rolname = ${ROLES.admin} AND pg_has_role(session_user, a.oid, 'MEMBER')
      AND NOT login.rolsuper AND NOT login.rolbypassrls`);
  // Rather an error than rows that a policy hides.
  await db.all(sql`
    SELECT set_config('row_security', CASE WHEN current_user = ${ROLES.admin} THEN 'on' ELSE 'off' END, true)`);
  await mkdir(join(folder, 'tables'));
  const parts: BackupPart[] = [];
  const tables = await listTables(db);
  for (const [index, table] of tables.entries()) {
    onTable?.(index, tables.length);
    const path = `tables/${index}.ndjson.gz`;
    let rows = 0;
    const lines = (async function* (): AsyncGenerator<string> {
      for await (const batch of rowsOf(db, table)) {
        signal?.throwIfAborted();
        rows += batch.length;
        yield `${batch.join('\n')}\n`;
      }
    })();
    await pipeline(Readable.from(lines), createGzip(), createWriteStream(join(folder, path)));
    parts.push({ path, table, rows, ...(await digestFile(join(folder, path))) });
  }
  return parts;
}

export async function listTables(db: SqlExecutor): Promise<readonly string[]> {
  const columns = await db.all<{ readonly table: string }>(db.dialect.tableColumns);
  return [...new Set(columns.map(({ table }) => table))].filter((table) => table !== HISTORY).sort();
}

export async function readSequences(db: SqlExecutor): Promise<BackupManifest['sequences']> {
  const names = await db.all<{ readonly name: string }>(sql`
    SELECT relname::text AS name FROM pg_class
    WHERE relkind = 'S' AND relnamespace = quote_ident(current_schema())::regnamespace ORDER BY relname`);
  return Promise.all(
    names.map(async ({ name }) => {
      const { value, is_called } = await db.one<{ readonly value: string; readonly is_called: boolean }>(
        sql`SELECT last_value::text AS value, is_called FROM ${identifier(name)}`,
      );
      return { name, value, isCalled: is_called };
    }),
  );
}

async function* rowsOf(db: SqlExecutor, table: string): AsyncGenerator<readonly string[]> {
  await db.execute(sql`
    DECLARE ${rawSql(CURSOR)} NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${identifier(table)} t`);
  for (let limit = 1; ; ) {
    const rows = await db.all<{ readonly row: string }>(rawSql(`FETCH FORWARD ${limit} FROM ${CURSOR}`));
    if (rows.length === 0) break;
    yield rows.map(({ row }) => row);
    const average = rows.reduce((sum, { row }) => sum + row.length, 0) / rows.length;
    limit = Math.max(1, Math.min(MAX_ROWS, Math.floor(FETCH_BYTES / average)));
  }
  await db.execute(rawSql(`CLOSE ${CURSOR}`));
}
