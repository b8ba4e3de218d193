import { RUN_STATUSES } from '@sheaf/core';
import { SETTLED_STATUS, STEP_COUNTS, settleItems } from '../repositories/steps/settle-items.ts';
import { sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';
import { knownWords } from './known-words.ts';

/** Items that one round of mending settles. */
const CHUNK = 1_000;

export const itemInvariants: readonly Invariant[] = [
  knownWords({
    id: 'items.status',
    table: 'run_items',
    column: 'status',
    words: RUN_STATUSES,
    subject: sql`id`,
  }),
  {
    id: 'items.times',
    summary: 'An item has an end if, and only if, its status is final.',
    advice: 'Another program wrote it: correct the row with SQL.',
    find: () => sql`
      SELECT workspace_id, id AS subject, status || coalesce(', ended ' || ended_at, ', not ended') AS detail
      FROM run_items
      WHERE (status IN ('completed', 'failed', 'canceled', 'skipped')) <> (ended_at IS NOT NULL)`,
  },
  {
    id: 'items.steps',
    summary: 'An item stands where its steps stand.',
    advice: 'Run `sheaf doctor --fix`; an item without steps lost them to another program.',
    find: () => sql`
      SELECT i.workspace_id, i.id AS subject, i.status || ', by its steps ' || coalesce(c.settled, '(none)') AS detail
      FROM run_items i
      LEFT JOIN (
        SELECT c.workspace_id, c.item_id, ${SETTLED_STATUS} AS settled
        FROM (
          SELECT s.workspace_id, s.item_id, ${STEP_COUNTS} FROM steps s GROUP BY s.workspace_id, s.item_id
        ) AS c
      ) AS c ON c.workspace_id = i.workspace_id AND c.item_id = i.id
      WHERE c.settled IS DISTINCT FROM i.status`,
    mend: {
      summary: 'derives them from the steps again',
      async apply({ session, found, now }) {
        let mended = 0;
        for (let after = ''; ; ) {
          const rows = await session.transaction(async ({ sql: db }) => {
            const items = await db.all<{ readonly workspace_id: number; readonly subject: string }>(sql`
              SELECT f.workspace_id, f.subject FROM ${found} AS f WHERE f.subject > ${after}
              ORDER BY f.subject LIMIT ${CHUNK}`);
            const keys = items.map((row) => ({ workspaceId: row.workspace_id, itemId: row.subject }));
            await settleItems(db, { now: () => now }, keys);
            return items;
          });
          mended += rows.length;
          if (rows.length < CHUNK) return mended;
          after = rows.at(-1)?.subject ?? '';
        }
      },
    },
  },
];
