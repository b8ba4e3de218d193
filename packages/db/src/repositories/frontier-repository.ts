import { cleanText, contentHash } from '@sheaf/core';
import type { DataScope } from '../scope.ts';
import { recheck } from '../sql/recheck.ts';
import { type Sql, sql } from '../sql/statement.ts';

export interface FrontierEntry {
  readonly uri: string;
  readonly depth: number;
  readonly foundAt: string | null;
}

export const FRONTIER_STATES = ['pending', 'running', 'completed', 'failed', 'skipped'] as const;
export type FrontierState = (typeof FRONTIER_STATES)[number];

/** What a map has still to visit: durable, breadth first. */
export interface FrontierRepository {
  /** Adds what the run has not met yet; gives how many were new. */
  add(runId: string, entries: readonly FrontierEntry[]): Promise<number>;
  /** Takes the next entries, nearest first, and marks them running. */
  take(runId: string, limit: number): Promise<readonly FrontierEntry[]>;
  settle(runId: string, entries: readonly { readonly uri: string; readonly state: FrontierState }[]): Promise<void>;
  /** After an interruption: what was running is pending again. */
  reopen(runId: string): Promise<number>;
  counts(runId: string): Promise<Readonly<Record<FrontierState, number>>>;
  /** Removes the run's entries once it has ended. */
  clear(runId: string): Promise<void>;
}

export function createFrontierRepository({ sql: db, workspace, transaction }: DataScope): FrontierRepository {
  const { dialect } = db;
  const ofRun = (runId: string): Sql => sql`workspace_id = ${workspace.id} AND run_id = ${runId}`;

  /** Entries of one depth. They follow those of that depth which are there: the order within a depth is all that counts. */
  const addAtDepth = (runId: string, depth: number, entries: readonly FrontierEntry[]): Promise<number> => {
    const rows = dialect.records(
      { uri_hash: 'text', uri: 'text', found_at: 'text', ordinal: 'integer' },
      entries.map(({ uri, foundAt }, index) => [
        contentHash(uri),
        uri,
        foundAt === null ? null : cleanText(foundAt),
        index + 1,
      ]),
    );
    // One look into the index per state, where max() over all of them would read the whole frontier.
    const last = FRONTIER_STATES.map(
      (state) =>
        sql`coalesce((SELECT max(position) FROM frontier WHERE ${ofRun(runId)} AND state = ${state} AND depth = ${depth}), 0)`,
    );
    return transaction(({ sql: inner }) =>
      inner.execute(sql`
        INSERT INTO frontier (workspace_id, run_id, uri_hash, uri, depth, found_at, state, position)
        SELECT ${workspace.id}, ${runId}, r.uri_hash, r.uri, ${depth}, r.found_at, 'pending', r.ordinal + b.last
        FROM ${rows} AS r CROSS JOIN (SELECT ${dialect.greatest(...last)} AS last) AS b
        WHERE true ORDER BY r.ordinal
        ON CONFLICT (workspace_id, run_id, uri_hash) DO NOTHING`),
    );
  };

  return {
    async add(runId, entries) {
      const byDepth = Map.groupBy(entries, (entry) => entry.depth);
      let added = 0;
      for (const [depth, group] of byDepth) added += await addAtDepth(runId, depth, group);
      return added;
    },
    async take(runId, limit) {
      const rows = await db.all<FrontierRow>(sql`
        WITH next AS MATERIALIZED (
          SELECT workspace_id AS next_workspace_id, run_id AS next_run_id, uri_hash AS next_hash FROM frontier WHERE ${ofRun(runId)} AND state = 'pending'
          ORDER BY depth, position LIMIT ${limit} ${dialect.skipLocked}
        )
        UPDATE frontier SET state = 'running' FROM next
        WHERE workspace_id = next_workspace_id AND run_id = next_run_id AND uri_hash = next_hash
          AND ${recheck(sql`state = 'pending'`)}
        RETURNING uri, depth, found_at, position`);
      return rows
        .toSorted((a, b) => a.depth - b.depth || a.position - b.position)
        .map((row) => ({ uri: row.uri, depth: row.depth, foundAt: row.found_at }));
    },
    async settle(runId, entries) {
      if (entries.length === 0) return;
      const rows = dialect.records(
        { settled_workspace_id: 'integer', settled_run_id: 'text', settled_hash: 'text', settled_state: 'text' },
        entries.map(({ uri, state }) => [workspace.id, runId, contentHash(uri), state]),
      );
      await db.execute(sql`
        UPDATE frontier SET state = settled_state FROM ${rows} AS r
        WHERE workspace_id = settled_workspace_id AND run_id = settled_run_id AND uri_hash = settled_hash`);
    },
    reopen: (runId) =>
      db.execute(sql`UPDATE frontier SET state = 'pending' WHERE ${ofRun(runId)} AND state = 'running'`),
    async counts(runId) {
      const rows = await db.all<{ readonly state: FrontierState; readonly count: number }>(
        sql`SELECT state, count(*) AS count FROM frontier WHERE ${ofRun(runId)} GROUP BY state`,
      );
      const counts = { pending: 0, running: 0, completed: 0, failed: 0, skipped: 0 };
      for (const row of rows) counts[row.state] = row.count;
      return counts;
    },
    async clear(runId) {
      await db.execute(sql`DELETE FROM frontier WHERE ${ofRun(runId)}`);
    },
  };
}

interface FrontierRow {
  readonly uri: string;
  readonly depth: number;
  readonly found_at: string | null;
  readonly position: number;
}
