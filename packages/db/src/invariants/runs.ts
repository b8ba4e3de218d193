import { sql } from '../sql/statement.ts';
import { type Invariant, mendBy } from './invariant.ts';
import { knownWords } from './known-words.ts';

const SQL_ADVICE = 'Another program wrote it: correct the row with SQL.';
const FIX_ADVICE = 'Run `sheaf doctor --fix`.';

export const runInvariants: readonly Invariant[] = [
  knownWords({
    id: 'runs.status',
    table: 'runs',
    column: 'status',
    words: ['pending', 'running', 'completed', 'failed', 'canceled'],
    subject: sql`id`,
  }),
  {
    id: 'runs.times',
    summary:
      'A run has an end if, and only if, its status is final, and everything that it tells comes after its start.',
    advice: SQL_ADVICE,
    find: () => sql`
      SELECT workspace_id, id AS subject, status || coalesce(', ended ' || ended_at, ', not ended') AS detail FROM runs
      WHERE (status IN ('completed', 'failed', 'canceled')) <> (ended_at IS NOT NULL)
        OR (status <> 'pending' AND started_at IS NULL) OR started_at > ended_at`,
  },
  {
    id: 'runs.counts',
    summary: 'The counts of a run that has ended are those of its items.',
    advice: FIX_ADVICE,
    find: () => sql`
      SELECT r.workspace_id, r.id AS subject, r.items_total || ' counted, ' || r.total || ' items' AS detail,
        r.total, r.completed, r.failed, r.skipped, r.canceled
      FROM (
        SELECT r.*, coalesce(i.total, 0) AS total, coalesce(i.completed, 0) AS completed,
          coalesce(i.failed, 0) AS failed, coalesce(i.skipped, 0) AS skipped, coalesce(i.canceled, 0) AS canceled
        FROM runs r
        LEFT JOIN (
          SELECT workspace_id, run_id, count(*) AS total,
            count(*) FILTER (WHERE status = 'completed') AS completed,
            count(*) FILTER (WHERE status = 'failed') AS failed,
            count(*) FILTER (WHERE status = 'skipped') AS skipped,
            count(*) FILTER (WHERE status = 'canceled') AS canceled
          FROM run_items GROUP BY workspace_id, run_id
        ) AS i ON i.workspace_id = r.workspace_id AND i.run_id = r.id
        WHERE r.status IN ('completed', 'failed', 'canceled')
      ) AS r
      WHERE r.items_total <> r.total OR r.items_completed <> r.completed OR r.items_failed <> r.failed
        OR r.items_skipped <> r.skipped OR r.items_canceled <> r.canceled`,
    mend: mendBy('counts the items again', ({ found }) => [
      sql`
        UPDATE runs SET items_total = f.total, items_completed = f.completed, items_failed = f.failed,
          items_skipped = f.skipped, items_canceled = f.canceled
        FROM ${found} AS f WHERE runs.workspace_id = f.workspace_id AND runs.id = f.subject`,
    ]),
  },
  {
    id: 'runs.worker',
    summary: 'Only an open run is held by a worker, and that one is on the list of workers.',
    advice: FIX_ADVICE,
    find: ({ sql: { dialect } }) => sql`
      SELECT r.workspace_id, r.id AS subject, r.status || ', held by ' || r.worker_id AS detail FROM runs r
      LEFT JOIN workers w ON w.id = r.worker_id
      WHERE r.worker_id IS NOT NULL AND (
        r.status NOT IN ('pending', 'running') OR (w.id IS NULL AND r.lease_until > ${dialect.now})
      )`,
    mend: mendBy('lets go of the run, so that the same call can go on with it', ({ found }) => [
      sql`
        UPDATE runs SET worker_id = NULL, lease_until = NULL
        FROM ${found} AS f WHERE runs.workspace_id = f.workspace_id AND runs.id = f.subject`,
    ]),
  },
  {
    id: 'runs.interrupted',
    summary: 'A worker is at every open run.',
    severity: 'notice',
    advice: 'Run the same command again: it goes on where the run stopped.',
    find: ({ sql: { dialect } }) => sql`
      SELECT workspace_id, id AS subject, tool || ', begun ' || created_at AS detail FROM runs
      WHERE status IN ('pending', 'running')
        AND (worker_id IS NULL OR lease_until IS NULL OR lease_until < ${dialect.now})`,
  },
  {
    id: 'runs.events',
    summary: 'The events of a run are numbered from 1 to the last number that the run has given, without a gap.',
    advice: 'Lost events cannot be had again; `sheaf doctor --fix` at least keeps numbers from being given twice.',
    find: () => sql`
      SELECT r.workspace_id, r.id AS subject, 'counted to ' || r.event_seq || ', ' || coalesce(e.total, 0) || ' events to '
        || coalesce(e.last, 0) AS detail, e.last
      FROM runs r
      LEFT JOIN (
        SELECT workspace_id, run_id, count(*) AS total, max(seq) AS last FROM run_events GROUP BY workspace_id, run_id
      ) AS e ON e.workspace_id = r.workspace_id AND e.run_id = r.id
      WHERE r.event_seq <> coalesce(e.total, 0) OR r.event_seq <> coalesce(e.last, 0)`,
    mend: mendBy('raises the number of the run to that of its last event', ({ found }) => [
      sql`
        UPDATE runs SET event_seq = f.last
        FROM ${found} AS f
        WHERE runs.workspace_id = f.workspace_id AND runs.id = f.subject AND f.last > runs.event_seq`,
    ]),
  },
];
