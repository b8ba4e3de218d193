import type { ScriptSession } from '../connection/connection.ts';

const SHOW_ROWS = `DO $sheaf$
DECLARE
  entry record;
  shown oid[] := '{}';
BEGIN
  FOR entry IN
    SELECT c.oid FROM pg_class c
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relforcerowsecurity
      AND row_security_active(c.oid)
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', entry.oid::regclass);
    shown := shown || entry.oid;
  END LOOP;
  PERFORM set_config('sheaf.shown_tables', shown::text, true);
END
$sheaf$`;

const HIDE_ROWS = `DO $sheaf$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT c.oid FROM pg_class c
    WHERE c.oid = ANY (nullif(current_setting('sheaf.shown_tables', true), '')::oid[]) AND c.relrowsecurity
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', entry.oid::regclass);
  END LOOP;
END
$sheaf$`;

/**
 * The owner of the tables sees no rows of workspaces by itself on PostgreSQL: a script that changes rows would change none,
 * and not say so. Lets the owner see them while `work` runs, in the transaction of the session.
 */
export async function showRows(script: ScriptSession, work: () => Promise<void>): Promise<void> {
  if (script.sql.dialect.provider !== 'postgresql') return work();
  await script.exec(SHOW_ROWS);
  await work();
  await script.exec(HIDE_ROWS);
}
