import { cleanText, contentHash } from '@sheaf/core';
import type { StagedContent } from '../bytes/byte-store.ts';
import { dbErrors } from '../errors.ts';
import { inTransaction } from '../in-transaction.ts';
import type { DataScope } from '../scope.ts';
import { joinSql, sql } from '../sql/statement.ts';
import { pruneContents } from './contents/prune-contents.ts';
import { readBytes } from './stored-value.ts';

export interface PruneOptions {
  /**
   * Milliseconds for which what was stored last is spared; default 24 hours. It must be longer than any writer takes
   * from staging bytes to committing the row that names them.
   */
  readonly graceMs?: number;
  /** Says what would be removed, and removes nothing. Default false. */
  readonly isDryRun?: boolean;
}

export interface PruneResult {
  /** Artifacts whose input nothing names, and whose content nothing else does. */
  readonly artifacts: number;
  /** Contents that nothing names. */
  readonly contents: number;
  /** Bytes of these contents. */
  readonly contentBytes: number;
  /** Files of contents that have no row (any more). */
  readonly files: number;
  /** What writers that were killed have left behind. */
  readonly temporaryFiles: number;
  /** Bytes of both kinds of files. */
  readonly fileBytes: number;
}

export interface ContentRepository {
  /** Prepares bytes outside the transaction that records them; see `record`. */
  stage(bytes: Uint8Array): Promise<StagedContent>;
  /** Records staged contents, inside the transaction that refers to them. Known ones are touched. */
  record(contents: readonly StagedContent[]): Promise<void>;
  /** The bytes, verified. @throws `db.content-missing`, `db.content-corrupt`. */
  read(hash: string): Promise<Uint8Array>;
  /**
   * Removes what nobody names and what is older than the grace period: artifacts, contents with their bytes, files
   * without a row, temporary files. A row names bytes or an input by a column whose name ends in `_hash`; results of
   * former runs and former versions count. Bytes that are stored again meanwhile stay. In short transactions: it may be
   * interrupted and called again at any time.
   */
  prune(options?: PruneOptions): Promise<PruneResult>;
}

/** Bytes to a statement at the most, in bytes and in rows: a statement is held in memory as a whole. */
const CHUNK = { bytes: 8_000_000, rows: 50 } as const;

export function createContentRepository(scope: DataScope): ContentRepository {
  const { sql: db, workspace, bytes } = scope;
  return {
    stage: (content) => bytes.stage(content),
    async record(contents) {
      if (contents.length === 0) return;
      // In one order, so that two processes with the same contents do not wait for each other.
      const distinct = [...new Map(contents.map((content) => [content.hash, content])).values()];
      const sorted = distinct.sort((a, b) => (a.hash < b.hash ? -1 : 1));
      await inTransaction(scope, async (inner) => {
        await recordRows(inner, sorted);
        for (const chunk of chunks(sorted)) await recordBytes(inner, chunk);
      });
    },
    async read(hash) {
      const row = await db.maybeOne<{ readonly storage: string; readonly bytes: unknown }>(sql`
        SELECT c.storage, b.bytes FROM contents c
        LEFT JOIN content_bytes b ON b.workspace_id = c.workspace_id AND b.hash = c.hash
        WHERE c.workspace_id = ${workspace.id} AND c.hash = ${cleanText(hash)}`);
      const kept = row && (row.bytes === null ? await bytes.read(hash) : readBytes(row.bytes));
      if (kept === undefined) throw dbErrors.create('content-missing', { hash });
      const actual = contentHash(kept);
      if (actual !== hash) throw dbErrors.create('content-corrupt', { hash, actual });
      return kept;
    },
    prune: (options = {}) => pruneContents(scope, options),
  };
}

async function recordRows({ sql: db, workspace, clock }: DataScope, contents: readonly StagedContent[]): Promise<void> {
  const now = clock.now();
  const rows = db.dialect.records(
    { hash: 'text', size: 'integer', storage: 'text' },
    contents.map(({ hash, size, storage }) => [hash, size, storage]),
  );
  // The bytes are where they were stored last.
  await db.execute(sql`
    INSERT INTO contents (workspace_id, hash, size, storage, created_at, touched_at)
    SELECT ${workspace.id}, r.hash, r.size, r.storage, ${now}, ${now} FROM ${rows} AS r WHERE true ORDER BY r.hash
    ON CONFLICT (workspace_id, hash) DO UPDATE
    SET storage = excluded.storage,
      touched_at = ${db.dialect.greatest(sql`contents.touched_at`, sql`excluded.touched_at`)}`);
}

/** Bytes that are stored as they should be are compared, not written again; damaged ones are mended. */
async function recordBytes({ sql: db, workspace }: DataScope, contents: readonly StagedContent[]): Promise<void> {
  const rows = contents.map(({ hash, bytes = new Uint8Array() }) => sql`(${workspace.id}, ${hash}, ${bytes})`);
  await db.execute(sql`
    INSERT INTO content_bytes (workspace_id, hash, bytes) VALUES ${joinSql(rows, ', ')}
    ON CONFLICT (workspace_id, hash) DO UPDATE SET bytes = excluded.bytes
    WHERE content_bytes.bytes <> excluded.bytes`);
}

function* chunks(contents: readonly StagedContent[]): Generator<readonly StagedContent[]> {
  let chunk: StagedContent[] = [];
  let size = 0;
  for (const content of contents) {
    if (content.bytes === undefined) continue;
    if (chunk.length > 0 && (chunk.length === CHUNK.rows || size + content.size > CHUNK.bytes)) {
      yield chunk;
      [chunk, size] = [[], 0];
    }
    chunk.push(content);
    size += content.size;
  }
  if (chunk.length > 0) yield chunk;
}
