import { LOOSE_REFERENCES } from '../loose-references.ts';
import { identifier, joinSql, sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';

/** What concerns tenants, and what all of them share. */
export const workspaceInvariants: readonly Invariant[] = [
  {
    id: 'workspaces.references',
    summary: 'No row refers to one that another workspace alone has.',
    advice: 'Find out what wrote it: the rows of one tenant lead to another’s. Then correct them with SQL.',
    find: () =>
      joinSql(
        LOOSE_REFERENCES.map(
          ({ table, column, subject, target }) => sql`
            SELECT t.workspace_id, t.${identifier(subject)} AS subject,
              ${`${table}.${column} leads to workspace `} || o.workspace_id AS detail
            FROM ${identifier(table)} t
            JOIN ${identifier(target)} o ON o.id = t.${identifier(column)} AND o.workspace_id <> t.workspace_id
            WHERE NOT EXISTS (
              SELECT 1 FROM ${identifier(target)} own
              WHERE own.workspace_id = t.workspace_id AND own.id = t.${identifier(column)}
            )`,
        ),
        ' UNION ALL ',
      ),
  },
  {
    id: 'hosts.robots',
    summary: 'What is kept of a robots.txt has a known state, and the times when it was got and when it expires.',
    scope: 'deployment',
    advice: 'Run `sheaf doctor --fix`.',
    find: () => sql`
      SELECT host AS subject, coalesce(robots_state, 'no state') AS detail FROM host_gates
      WHERE robots_state NOT IN ('allowed', 'rules', 'unavailable')
        OR (robots_state IS NULL) <> (robots_fetched_at IS NULL)
        OR (robots_state IS NULL) <> (robots_expires_at IS NULL)`,
    mend: {
      summary: 'forgets it, so that it is asked for again',
      apply: ({ session, found }) =>
        session.sql.execute(sql`
          UPDATE host_gates SET robots_state = NULL, robots_body = NULL, robots_fetched_at = NULL,
            robots_expires_at = NULL
          WHERE host IN (SELECT f.subject FROM ${found} AS f)`),
    },
  },
];
