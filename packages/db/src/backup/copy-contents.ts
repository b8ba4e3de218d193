import { contentHash } from '@sheaf/core';
import type { ByteStore } from '../bytes/byte-store.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { sql } from '../sql/statement.ts';

export interface CopyContentsOptions {
  /** Says which contents are kept in files. */
  readonly db: SqlExecutor;
  readonly from: ByteStore;
  readonly to: ByteStore;
  readonly signal?: AbortSignal | undefined;
  readonly onContents?: ((done: number) => void) | undefined;
}

export interface CopiedContents {
  readonly files: number;
  readonly bytes: number;
  /** Those whose bytes are not there, or are not what their hash promises. */
  readonly missing: readonly string[];
}

interface FileContent {
  readonly workspace_id: number;
  readonly hash: string;
  readonly size: number;
}

const PAGE = 500;
/** Files at a time: each waits for the disk. */
const AT_ONCE = 8;

/** Copies the files that rows name, as far as they are not there yet, and verifies them. */
export async function copyContents(options: CopyContentsOptions): Promise<CopiedContents> {
  const { db, signal, onContents } = options;
  const missing: string[] = [];
  let [files, bytes] = [0, 0];
  let last: FileContent | undefined;
  do {
    const page: readonly FileContent[] = await pageAfter(db, last);
    last = page.at(-1);
    for (let start = 0; start < page.length; start += AT_ONCE) {
      signal?.throwIfAborted();
      const some = page.slice(start, start + AT_ONCE);
      const copied = await Promise.all(some.map((content) => copyContent(options, content)));
      for (const [index, { hash, size }] of some.entries()) {
        if (!copied[index]) missing.push(hash);
        else [files, bytes] = [files + 1, bytes + size];
      }
      onContents?.(files + missing.length);
    }
  } while (last !== undefined);
  return { files, bytes, missing };
}

async function pageAfter(db: SqlExecutor, last: FileContent | undefined): Promise<readonly FileContent[]> {
  const after = last ? sql`AND (workspace_id, hash) > (${last.workspace_id}, ${last.hash})` : sql``;
  return db.all<FileContent>(sql`
    SELECT workspace_id, hash, size FROM contents WHERE storage = 'file' ${after}
    ORDER BY workspace_id, hash LIMIT ${PAGE}`);
}

async function copyContent({ from, to }: CopyContentsOptions, { workspace_id, hash }: FileContent): Promise<boolean> {
  const target = to.forWorkspace(workspace_id);
  if ((await target.size(hash)) !== undefined) return true;
  const bytes = await from.forWorkspace(workspace_id).read(hash);
  if (bytes === undefined || contentHash(bytes) !== hash) return false;
  await target.stage(bytes);
  return true;
}

/** Removes what was copied and is named by no row. */
export async function dropUnnamed({ db, to }: Pick<CopyContentsOptions, 'db' | 'to'>): Promise<void> {
  for (const workspaceId of await to.workspaceIds()) {
    await to.forWorkspace(workspaceId).prune({
      before: new Date(8.64e15),
      async recorded(hashes) {
        const rows = await db.all<{ readonly hash: string }>(sql`
          SELECT hash FROM contents WHERE workspace_id = ${workspaceId} AND storage = 'file'
            AND ${db.dialect.isIn(sql`hash`, hashes)}`);
        return new Set(rows.map(({ hash }) => hash));
      },
    });
  }
}
