import type { Connection } from '../connection/connection.ts';
import { joinSql, rawSql, sql } from '../sql/statement.ts';
import { ROLES } from './roles.ts';

/**
 * Why a migrated database does not keep workspaces apart for the login of the connection, in words; undefined where it
 * does. Quick: it looks at the roles and at which tables are secured, not at what their policies say, which is the
 * doctor's.
 */
export async function findMissingIsolation({
  provider,
  sql: db,
}: Pick<Connection<unknown>, 'provider' | 'sql'>): Promise<string | undefined> {
  if (provider === 'sqlite') return undefined;
  const roles = [ROLES.app, ROLES.engine].map((role) => sql`(${role})`);
  const rows = await db.all<{ readonly reason: string }>(sql`
    SELECT format('there is no role %s', r.name) AS reason
    FROM (VALUES ${joinSql(roles, ', ')}) AS r (name) WHERE to_regrole(r.name) IS NULL
    UNION ALL
    SELECT format('%s may not take the role %s', session_user, r.name)
    FROM (VALUES ${joinSql(roles, ', ')}) AS r (name)
    WHERE to_regrole(r.name) IS NOT NULL AND NOT pg_has_role(session_user, to_regrole(r.name), ${canTake})
    UNION ALL
    SELECT format('the table %s is not secured', c.relname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    LIMIT 1`);
  return rows[0]?.reason;
}

/** Since version 16 a member may be one without being allowed to take the role. */
const canTake = rawSql(
  `CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END`,
);
