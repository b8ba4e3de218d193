import type { ByteStore } from '../../bytes/byte-store.ts';
import { sql } from '../../sql/statement.ts';
import type { Move } from './move-documents.ts';

/** Gives the other workspace the files that it will need, each once, however often it is called. */
export type CopyFiles = (move: Move) => Promise<void>;

export function createFileCopier(bytes: ByteStore): CopyFiles {
  const copied = new Set<string>();
  return async ({ db, from, to, plan, chunks }) => {
    for (const { rows } of chunks) {
      const needed = await db.all<{ readonly hash: string }>(sql`
        SELECT x.hash FROM contents x
        WHERE ${rows.needed(plan.table('contents'))} AND storage = 'file'
          AND NOT EXISTS (SELECT 1 FROM contents b WHERE b.workspace_id = ${to.id} AND b.hash = x.hash)
        ORDER BY x.hash`);
      for (const { hash } of needed) {
        if (copied.has(hash)) continue;
        await bytes.copy({ hash, fromId: from.id, toId: to.id });
        copied.add(hash);
      }
    }
  };
}
