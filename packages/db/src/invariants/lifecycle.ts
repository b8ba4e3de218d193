import { sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';
import { knownWords } from './known-words.ts';

const ADVICE = 'Handlers of the event may not have run: do by hand what they would have done.';

/** Lifecycle events: what began ends once, and what failed says so. */
export const lifecycleInvariants: readonly Invariant[] = [
  knownWords({
    id: 'lifecycle.event',
    table: 'lifecycle_events',
    column: 'event',
    words: [
      'group_start',
      'group_end',
      'item_start',
      'item_end',
      'item_failed',
      'step_start',
      'step_end',
      'step_failed',
    ],
    subject: sql`id`,
  }),
  {
    id: 'lifecycle.runs',
    summary: 'Each run has one event of its start; with its end, and only then, one of its end.',
    advice: ADVICE,
    find: () => sql`
      SELECT r.workspace_id, r.id AS subject,
        r.status || ', ' || coalesce(e.starts, 0) || ' starts, ' || coalesce(e.ends, 0) || ' ends' AS detail
      FROM runs r
      LEFT JOIN (
        SELECT workspace_id, run_id, count(*) FILTER (WHERE event = 'group_start') AS starts,
          count(*) FILTER (WHERE event = 'group_end') AS ends
        FROM lifecycle_events GROUP BY workspace_id, run_id
      ) AS e ON e.workspace_id = r.workspace_id AND e.run_id = r.id
      WHERE coalesce(e.starts, 0) <> 1
        OR coalesce(e.ends, 0) <> CASE WHEN r.status IN ('completed', 'failed', 'canceled') THEN 1 ELSE 0 END`,
  },
  {
    id: 'lifecycle.failures',
    summary: 'Each step and each item that failed has an event of it.',
    advice: ADVICE,
    find: () => sql`
      SELECT s.workspace_id, s.id AS subject, 'step of run ' || s.run_id AS detail FROM steps s
      LEFT JOIN lifecycle_events e
        ON e.workspace_id = s.workspace_id AND e.run_id = s.run_id AND e.step_id = s.id AND e.event = 'step_failed'
      WHERE s.status = 'failed' AND e.id IS NULL
      UNION ALL
      SELECT i.workspace_id, i.id, 'item of run ' || i.run_id FROM run_items i
      LEFT JOIN lifecycle_events e
        ON e.workspace_id = i.workspace_id AND e.run_id = i.run_id AND e.item_id = i.id AND e.event = 'item_failed'
      WHERE i.status = 'failed' AND e.id IS NULL`,
  },
];
