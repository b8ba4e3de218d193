import type { ScriptSession } from '../connection/connection.ts';

const SHOW_ROWS = `DO $sheaf$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relforcerowsecurity
      AND row_security_active(c.oid)
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', entry.name);
  END LOOP;
END
$sheaf$`;

/**
 * The owner of the tables sees no rows of workspaces by itself on PostgreSQL: a script that changes rows would change none,
 * and not say so. The extras take this back at the end.
 */
export async function showRows({ sql: db, exec }: ScriptSession): Promise<void> {
  if (db.dialect.provider === 'postgresql') await exec(SHOW_ROWS);
}
