import { contentHash } from '@sheaf/core';
import { FRONTIER_STATES } from '../repositories/frontier-repository.ts';
import { sql } from '../sql/statement.ts';
import { derivedColumns } from './derived-columns.ts';
import { type Invariant, mendBy } from './invariant.ts';
import { knownWords } from './known-words.ts';

export const frontierInvariants: readonly Invariant[] = [
  knownWords({ id: 'frontier.state', table: 'frontier', column: 'state', words: FRONTIER_STATES, subject: sql`uri` }),
  derivedColumns({
    id: 'frontier.uri-hash',
    summary: 'What a map has still to visit is filed under the hash of its URI.',
    advice: 'Cancel the run and map again.',
    table: 'frontier',
    key: ['workspace_id', 'run_id', 'uri_hash'],
    columns: ['uri'],
    subject: 'uri',
    judge: ({ uri, uri_hash }) => (contentHash(uri as string) === uri_hash ? undefined : `under ${uri_hash}`),
  }),
  {
    id: 'frontier.ended-run',
    summary: 'A run that has ended has nothing more to visit.',
    severity: 'notice',
    advice: 'Run `sheaf doctor --fix`.',
    find: () => sql`
      SELECT r.workspace_id, r.id AS subject, min(f.uri) || ' and others, ' || count(*) AS detail FROM runs r
      JOIN frontier f ON f.workspace_id = r.workspace_id AND f.run_id = r.id
      WHERE r.status IN ('completed', 'failed', 'canceled') GROUP BY r.workspace_id, r.id`,
    mend: mendBy('forgets what is left', ({ found }) => [
      sql`
        DELETE FROM frontier WHERE (workspace_id, run_id) IN (SELECT f.workspace_id, f.subject FROM ${found} AS f)`,
    ]),
  },
];
