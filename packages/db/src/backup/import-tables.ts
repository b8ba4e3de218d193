import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { ScriptSession } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import { showRows } from '../migrate/show-rows.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, joinSql, rawSql, sql } from '../sql/statement.ts';
import { listTables } from './export-tables.ts';
import type { BackupManifest } from './manifest.ts';

export interface ImportTablesOptions {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Whether the rows that are there are removed; otherwise there must be none. */
  readonly overwrite: boolean;
  /** Names the database in errors. */
  readonly label: string;
  readonly signal?: AbortSignal | undefined;
}

/** Characters to a statement, as far as one row does not have more. */
const MAX_LENGTH = 8_000_000;
const MAX_ROWS = 1_000;

/** Fills the tables of a PostgreSQL schema that has the backup's migrations, in one transaction. */
export function importTables(script: ScriptSession, options: ImportTablesOptions): Promise<void> {
  return showRows(script, () => fillTables(script, options));
}

async function fillTables({ sql: db, exec }: ScriptSession, options: ImportTablesOptions): Promise<void> {
  const { folder, manifest, signal } = options;
  await db.all(sql`SELECT set_config('row_security', 'off', true)`);
  await makeEmpty(db, options);
  // Rows come table by table, whatever refers to what; making the keys anew looks at all of them.
  const keys = await foreignKeys(db);
  for (const { table, name } of keys) await exec(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { table = '', path, rows = 0 } of manifest.parts) {
    let count = 0;
    for await (const batch of batches(join(folder, path))) {
      signal?.throwIfAborted();
      count += await insert(db, table, batch);
    }
    if (count !== rows) {
      throw dbErrors.create('backup-damaged', { path: folder, reason: `${path} has ${count} rows instead of ${rows}` });
    }
  }
  for (const { table, name, definition } of keys) {
    await exec(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  }
  for (const { name, value, isCalled } of manifest.sequences) {
    await db.all(
      sql`SELECT setval(quote_ident(${name}::text)::regclass, ${value}::text::bigint, ${isCalled}::boolean)`,
    );
  }
}

async function makeEmpty(db: SqlExecutor, { overwrite, label }: ImportTablesOptions): Promise<void> {
  const tables = await listTables(db);
  if (overwrite) {
    await db.execute(sql`TRUNCATE TABLE ${joinSql(tables.map(identifier), ', ')}`);
    return;
  }
  for (const table of tables) {
    const row = await db.maybeOne(sql`SELECT 1 AS found FROM ${identifier(table)} LIMIT 1`);
    if (row) throw dbErrors.create('restore-refused', { target: label, reason: `its table ${table} has rows` });
  }
}

interface ForeignKeyText {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

async function foreignKeys(db: SqlExecutor): Promise<readonly ForeignKeyText[]> {
  return db.all<ForeignKeyText>(sql`
    SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE contype = 'f' AND conparentid = 0 AND connamespace = quote_ident(current_schema())::regnamespace`);
}

async function* batches(file: string): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  let length = 0;
  for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
    if (batch.length === MAX_ROWS || (batch.length > 0 && length + line.length > MAX_LENGTH)) {
      yield batch;
      [batch, length] = [[], 0];
    }
    batch.push(line);
    length += line.length;
  }
  if (batch.length > 0) yield batch;
}

/** Columns by name: their order is that of the migrations, which need not be that of the backup. */
async function insert(db: SqlExecutor, table: string, rows: readonly string[]): Promise<number> {
  const columns = Object.keys(JSON.parse(rows[0] as string) as object).map(identifier);
  const names = joinSql(columns, ', ');
  return db.execute(sql`
    INSERT INTO ${identifier(table)} (${names}) OVERRIDING SYSTEM VALUE
    SELECT ${names} FROM json_populate_recordset(${rawSql('NULL::')}${identifier(table)}, ${`[${rows.join(',')}]`}::json)`);
}
