import { RUN_STATUSES } from '@sheaf/core';
import { sql } from '../sql/statement.ts';
import { type Invariant, mendBy } from './invariant.ts';
import { knownWords } from './known-words.ts';

const SQL_ADVICE = 'Another program wrote it: correct the row with SQL.';
const FIX_ADVICE = 'Run `sheaf doctor --fix`.';

export const stepInvariants: readonly Invariant[] = [
  knownWords({ id: 'steps.status', table: 'steps', column: 'status', words: RUN_STATUSES, subject: sql`id` }),
  {
    id: 'steps.times',
    summary: 'A step has an end if, and only if, its status is final.',
    advice: SQL_ADVICE,
    find: () => sql`
      SELECT workspace_id, id AS subject, status || coalesce(', ended ' || ended_at, ', not ended') AS detail FROM steps
      WHERE (status IN ('completed', 'failed', 'canceled', 'skipped')) <> (ended_at IS NOT NULL)`,
  },
  {
    id: 'steps.item',
    summary: 'A step and its item belong to one run and one document.',
    advice: SQL_ADVICE,
    find: () => sql`
      SELECT s.workspace_id, s.id AS subject, 'item ' || i.id || ' of run ' || i.run_id AS detail FROM steps s
      JOIN run_items i ON i.workspace_id = s.workspace_id AND i.id = s.item_id
      WHERE i.run_id <> s.run_id OR i.document_id IS DISTINCT FROM s.document_id`,
  },
  {
    id: 'steps.claim',
    summary: 'A running step has a worker, a claim and a lease; no other step has a lease.',
    advice: FIX_ADVICE,
    find: () => sql`
      SELECT workspace_id, id AS subject, status || ', worker ' || coalesce(worker_id, '-') || ', leased until '
        || coalesce('' || lease_until, '-') AS detail
      FROM steps
      WHERE CASE WHEN status = 'running'
        THEN worker_id IS NULL OR claim_token IS NULL OR lease_until IS NULL OR started_at IS NULL OR attempt < 1
        ELSE lease_until IS NOT NULL END`,
    mend: mendBy('gives running ones back to be claimed again, and ends the leases of the others', ({ found }) => [
      sql`
        UPDATE steps SET lease_until = NULL,
          claim_token = CASE WHEN steps.status = 'running' THEN NULL ELSE steps.claim_token END,
          status = CASE WHEN steps.status = 'running' THEN 'pending' ELSE steps.status END
        FROM ${found} AS f WHERE steps.workspace_id = f.workspace_id AND steps.id = f.subject`,
    ]),
  },
  {
    id: 'steps.worker',
    summary: 'The worker of a running step is on the list of workers, until the lease ends.',
    advice: FIX_ADVICE,
    find: ({ sql: { dialect } }) => sql`
      SELECT s.workspace_id, s.id AS subject, 'held by ' || s.worker_id AS detail FROM steps s
      LEFT JOIN workers w ON w.id = s.worker_id
      WHERE s.status = 'running' AND s.worker_id IS NOT NULL AND w.id IS NULL AND s.lease_until > ${dialect.now}`,
    mend: mendBy('gives the step back to be claimed again; the attempt counts', ({ found }) => [
      sql`
        UPDATE steps SET status = 'pending', claim_token = NULL, lease_until = NULL
        FROM ${found} AS f WHERE steps.workspace_id = f.workspace_id AND steps.id = f.subject`,
    ]),
  },
  {
    id: 'steps.attempts',
    summary: 'A step was not tried more often than it may be, and one that failed or will be tried again says why.',
    advice: SQL_ADVICE,
    find: () => sql`
      SELECT workspace_id, id AS subject, status || ', attempt ' || attempt || ' of ' || max_attempts AS detail FROM steps
      WHERE attempt > max_attempts OR (status IN ('error', 'failed') AND error_code IS NULL)`,
  },
  {
    id: 'steps.ended-run',
    summary: 'A run that has ended has no open steps.',
    advice: FIX_ADVICE,
    find: () => sql`
      SELECT s.workspace_id, s.id AS subject, s.status || ' in run ' || r.id || ', ' || r.status AS detail FROM runs r
      JOIN steps s ON s.workspace_id = r.workspace_id AND s.run_id = r.id AND s.status IN ('pending', 'running', 'error')
      WHERE r.status IN ('completed', 'failed', 'canceled')`,
    mend: mendBy('cancels them', ({ found, now }) => [
      sql`
        UPDATE steps SET status = 'canceled', ended_at = ${now}, lease_until = NULL
        FROM ${found} AS f WHERE steps.workspace_id = f.workspace_id AND steps.id = f.subject`,
    ]),
  },
  {
    id: 'steps.waits-for',
    summary: 'An open step waits for as many steps as it needs that have not completed.',
    advice: FIX_ADVICE,
    find: () => sql`
      SELECT s.workspace_id, s.id AS subject, 'waits for ' || s.waits_for || ', needs ' || coalesce(n.missing, 0) AS detail,
        coalesce(n.missing, 0) AS missing
      FROM steps s
      LEFT JOIN (
        SELECT n.workspace_id, n.step_id, count(*) AS missing FROM step_needs n
        JOIN steps needed ON needed.workspace_id = n.workspace_id AND needed.id = n.needed_id
        WHERE needed.status NOT IN ('completed', 'skipped') GROUP BY n.workspace_id, n.step_id
      ) AS n ON n.workspace_id = s.workspace_id AND n.step_id = s.id
      WHERE s.status IN ('pending', 'running', 'error') AND s.waits_for <> coalesce(n.missing, 0)`,
    mend: mendBy('counts them again', ({ found }) => [
      sql`
        UPDATE steps SET waits_for = f.missing
        FROM ${found} AS f WHERE steps.workspace_id = f.workspace_id AND steps.id = f.subject`,
    ]),
  },
  {
    id: 'steps.order',
    summary: 'No step began before the steps that it needs had completed, and none needs itself.',
    advice: 'What it made may lack what the other one gives: do the work again.',
    find: () => sql`
      SELECT n.workspace_id, n.step_id AS subject, s.status || ', needs ' || n.needed_id || ', ' || needed.status AS detail
      FROM step_needs n
      JOIN steps s ON s.workspace_id = n.workspace_id AND s.id = n.step_id
      JOIN steps needed ON needed.workspace_id = n.workspace_id AND needed.id = n.needed_id
      WHERE n.step_id = n.needed_id
        OR (s.status IN ('running', 'completed', 'skipped') AND needed.status NOT IN ('completed', 'skipped'))`,
  },
];
