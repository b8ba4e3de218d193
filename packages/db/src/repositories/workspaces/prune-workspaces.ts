import type { ByteStore, PrunedFiles } from '../../bytes/byte-store.ts';
import type { Session } from '../../connection/connection.ts';
import { sql } from '../../sql/statement.ts';
import type { PruneOptions } from '../content-repository.ts';
import { DEFAULT_GRACE_MS } from '../contents/prune-contents.ts';

/** Ids of workspaces are never given again: what no workspace of the id has, none will. */
export async function pruneWorkspaces(
  { sql: db, flush }: Pick<Session<unknown>, 'sql' | 'flush'>,
  bytes: ByteStore,
  { graceMs = DEFAULT_GRACE_MS, isDryRun = false }: PruneOptions,
): Promise<PrunedFiles> {
  // In this order: a workspace that is made meanwhile is not among those that have files.
  const ids = await bytes.workspaceIds();
  const pruned = { files: 0, temporaryFiles: 0, bytes: 0 };
  if (ids.length === 0) return pruned;
  const rows = await db.all<{ readonly id: number }>(sql`
    SELECT w.id FROM workspaces w WHERE ${db.dialect.isIn(sql`w.id`, ids)}`);
  const existing = new Set(rows.map(({ id }) => id));
  // Files do not come back with a workspace that a power cut brings back.
  if (!isDryRun) await flush();
  for (const id of ids) {
    if (existing.has(id)) continue;
    const part = await bytes.forWorkspace(id).prune({
      before: new Date(Date.now() - graceMs),
      recorded: async () => new Set(),
      isDryRun,
    });
    pruned.files += part.files;
    pruned.temporaryFiles += part.temporaryFiles;
    pruned.bytes += part.bytes;
    if (!isDryRun) await bytes.removeFolders(id);
  }
  return pruned;
}
