import type { PrunedFiles } from '../../bytes/byte-store.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { joinSql, rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { PruneOptions, PruneResult } from '../content-repository.ts';
import { type NamingColumn, namingColumns } from './naming-columns.ts';

/** Spared by default: what was stored in the last 24 hours. */
export const DEFAULT_GRACE_MS: number = 24 * 60 * 60 * 1000;
/** Hashes to a transaction: other writers wait no longer than one takes. */
const CHUNK = 10_000;

export async function pruneContents(scope: DataScope, options: PruneOptions): Promise<PruneResult> {
  const { isDryRun = false } = options;
  // A dry run removes the rows too, and takes that back: only then does it show which files nobody would name.
  if (!isDryRun) return pruneAll(scope, options);
  return rehearse(scope, { isDryRun }, (inner) => pruneAll(inner, options));
}

async function pruneAll(scope: DataScope, options: PruneOptions): Promise<PruneResult> {
  const { graceMs = DEFAULT_GRACE_MS, isDryRun = false } = options;
  const before = new Date(scope.clock.now().getTime() - graceMs);
  const named = await namingColumns(scope.sql);
  const artifacts = await pruneRows(scope, before, artifactRows(named));
  const contents = await pruneRows(scope, before, contentRows(named));
  // Files do not come back with rows that a power cut brings back.
  if (!isDryRun) await scope.flush();
  const files: PrunedFiles = await scope.bytes.prune({
    // Files have the time of the system.
    before: new Date(Date.now() - graceMs),
    recorded: (hashes) => recorded(scope, hashes),
    isDryRun,
  });
  return {
    artifacts: artifacts.count,
    contents: contents.count,
    contentBytes: contents.bytes,
    files: files.files,
    temporaryFiles: files.temporaryFiles,
    fileBytes: files.bytes,
  };
}

/** Rows that are known by a hash, and what makes them unused. */
interface PrunedRows {
  /** Selects the hashes of unused rows of before that time, of all or of some, as column `hash`. */
  unused(scope: DataScope, before: Date, among?: readonly string[]): Sql;
  /** Selects the rows and locks them. */
  lock(scope: DataScope, hashes: readonly string[]): Sql;
  /** Deletes them, giving `size`. */
  remove(scope: DataScope, before: Date, hashes: readonly string[]): Sql;
}

/**
 * Looks for unused rows without holding anything up, then looks again at some at a time, locked: whoever refers to
 * one of them meanwhile has it locked before, and is seen; or comes after, and finds it gone.
 */
async function pruneRows(
  scope: DataScope,
  before: Date,
  rows: PrunedRows,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const found = await scope.sql.all<{ readonly hash: string }>(rows.unused(scope, before));
  let [count, bytes] = [0, 0];
  for (let start = 0; start < found.length; start += CHUNK) {
    const hashes = found.slice(start, start + CHUNK).map(({ hash }) => hash);
    const removed = await inTransaction(scope, async (inner) => {
      await inner.sql.all(rows.lock(inner, hashes));
      const unused = await inner.sql.all<{ readonly hash: string }>(rows.unused(inner, before, hashes));
      const statement = rows.remove(
        inner,
        before,
        unused.map(({ hash }) => hash),
      );
      return inner.sql.all<{ readonly size: number }>(statement);
    });
    count += removed.length;
    bytes += removed.reduce((sum, { size }) => sum + size, 0);
  }
  return { count, bytes };
}

function contentRows(named: readonly NamingColumn[]): PrunedRows {
  return {
    unused: ({ sql: db, workspace }, before, among) => {
      const isAmong = (hash: Sql): Sql => (among === undefined ? rawSql('') : sql`AND ${db.dialect.isIn(hash, among)}`);
      return sql`
        SELECT c.hash FROM contents c
        WHERE c.workspace_id = ${workspace.id} AND c.touched_at < ${before} ${isAmong(sql`c.hash`)}
        EXCEPT SELECT a.content_hash FROM artifacts a
        WHERE a.workspace_id = ${workspace.id} ${isAmong(sql`a.content_hash`)}
        ${exceptNamed(named, workspace.id, isAmong)}`;
    },
    lock: ({ sql: db, workspace }, hashes) => sql`
      SELECT c.hash FROM contents c
      WHERE c.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`c.hash`, hashes)}
      ORDER BY c.hash ${db.dialect.lockForDeletion('c')}`,
    remove: ({ sql: db, workspace }, before, hashes) => sql`
      DELETE FROM contents
      WHERE workspace_id = ${workspace.id} AND touched_at < ${before} AND ${db.dialect.isIn(sql`hash`, hashes)}
      RETURNING size`,
  };
}

/** By their input. One that something names keeps all its artifacts, and so does one whose artifact is in use. */
function artifactRows(named: readonly NamingColumn[]): PrunedRows {
  return {
    unused: ({ sql: db, workspace }, before, among) => {
      const isAmong = (hash: Sql): Sql => (among === undefined ? rawSql('') : sql`AND ${db.dialect.isIn(hash, among)}`);
      const isOfThese = (hash: Sql): Sql =>
        among === undefined
          ? rawSql('')
          : sql`AND ${hash} IN (
              SELECT o.content_hash FROM artifacts o
              WHERE o.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`o.input_hash`, among)}
            )`;
      // CROSS JOIN keeps SQLite from reading all that is named once for each artifact.
      const inUse = named.map(
        ({ table, column }) => sql`
          EXCEPT SELECT u.input_hash FROM ${table} n CROSS JOIN artifacts u
          WHERE n.workspace_id = ${workspace.id} ${isOfThese(sql`n.${column}`)}
            AND u.workspace_id = ${workspace.id} AND u.content_hash = n.${column}`,
      );
      return sql`
        SELECT a.input_hash AS hash FROM artifacts a
        WHERE a.workspace_id = ${workspace.id} AND a.created_at < ${before} ${isAmong(sql`a.input_hash`)}
        ${exceptNamed(named, workspace.id, isAmong)}
        ${joinSql(inUse, ' ')}`;
    },
    lock: ({ sql: db, workspace }, hashes) => sql`
      SELECT a.input_hash FROM artifacts a
      WHERE a.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`a.input_hash`, hashes)}
      ORDER BY a.input_hash, a.kind, a.config_hash ${db.dialect.lockForDeletion('a')}`,
    remove: ({ sql: db, workspace }, before, hashes) => sql`
      DELETE FROM artifacts
      WHERE workspace_id = ${workspace.id} AND created_at < ${before} AND ${db.dialect.isIn(sql`input_hash`, hashes)}
      RETURNING 0 AS size`,
  };
}

/** Column by column: gathering all that is named would copy the largest tables. */
function exceptNamed(named: readonly NamingColumn[], workspaceId: number, isAmong: (hash: Sql) => Sql): Sql {
  const selects = named.map(
    ({ table, column }) => sql`
      EXCEPT SELECT n.${column} FROM ${table} n
      WHERE n.workspace_id = ${workspaceId} ${isAmong(sql`n.${column}`)}`,
  );
  return joinSql(selects, ' ');
}

async function recorded({ sql: db, workspace }: DataScope, hashes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ readonly hash: string }>(sql`
    SELECT c.hash FROM contents c
    WHERE c.workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`c.hash`, hashes)}`);
  return new Set(rows.map(({ hash }) => hash));
}
