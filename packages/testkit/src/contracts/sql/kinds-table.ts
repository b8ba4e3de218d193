import { rawSql, type SqlExecutor } from '@sheaf/db';
import type { ContractHarness, OpenedData } from '../contract-harness.ts';

const TABLE = {
  sqlite: `CREATE TABLE kinds (
    id INTEGER PRIMARY KEY, whole INTEGER, fraction REAL, flag BOOLEAN, "at" DATETIME, doc JSONB, bytes BLOB, note TEXT)`,
  postgresql: `CREATE TABLE kinds (
    id integer PRIMARY KEY, whole bigint, fraction double precision, flag boolean, "at" timestamp(3), doc jsonb,
    bytes bytea, note text)`,
};

/** A database with an empty table `kinds`, which has a column of each type. */
export interface KindsData extends OpenedData {
  readonly db: SqlExecutor;
}

export async function openKinds(harness: ContractHarness): Promise<KindsData> {
  const data = await harness.open();
  const { provider, sql: db } = data.connection;
  await db.execute(rawSql(TABLE[provider]));
  return { ...data, db };
}
