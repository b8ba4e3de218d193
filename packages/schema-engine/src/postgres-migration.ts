// The owner of a table whose row-level security is forced sees none of its rows: a migration that changes rows would
// change none, and not say so. The list is kept for the transaction alone.
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
$sheaf$;`;

const HIDE_ROWS = `;DO $sheaf$
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

/** A script as it is sent: how many characters stand before it, to find the places that the server names. */
export interface WrappedScript {
  readonly text: string;
  readonly offset: number;
}

/**
 * Lets a migration see the rows that it changes, whoever owns them: several statements that are sent as one are one
 * transaction. One that changes no rows is sent as it is, since it may be of a kind that no transaction can hold.
 */
export function showRowsTo(script: string): WrappedScript {
  if (!changesRows(script)) return { text: script, offset: 0 };
  const before = `${SHOW_ROWS}\n`;
  return { text: `${before}${script}\n${HIDE_ROWS}`, offset: before.length };
}

/** Rather once too often: then tables are locked for a moment that need not be. */
function changesRows(script: string): boolean {
  const plain = script
    .replaceAll(/--.*$|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/gm, ' ')
    .replaceAll(/\bON\s+(?:DELETE|UPDATE)\b/gi, ' ');
  return /\b(?:INSERT|UPDATE|DELETE|MERGE|SELECT|COPY|CALL|DO|EXECUTE)\b/i.test(plain);
}
