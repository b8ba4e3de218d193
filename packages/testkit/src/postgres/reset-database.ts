import pg from 'pg';

// Rows of the migration bookkeeping belong to the schema. Triggers and foreign keys rest meanwhile.
const EMPTY = `
DO $reset$
DECLARE entry record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR entry IN SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> '_prisma_migrations'
  LOOP
    EXECUTE format('DELETE FROM %I.%I', entry.schemaname, entry.tablename);
  END LOOP;
  FOR entry IN SELECT schemaname, sequencename FROM pg_sequences
  LOOP
    PERFORM setval(format('%I.%I', entry.schemaname, entry.sequencename)::regclass, 1, false);
  END LOOP;
END
$reset$`;

// What deleted rows leave behind: tables that are slow to read, and counters of which the doctor tells.
const SIZE = `SELECT coalesce(sum(pg_table_size(relid)), 0)::integer AS bytes FROM pg_stat_user_tables`;
const MUCH = 4_000_000;
/** Milliseconds that a connection is given to end, and to report what it did. */
const END_MS = 5_000;
const FORGET_COUNTERS = 'SELECT pg_stat_reset()';
const FLUSH_COUNTERS = 'SELECT pg_stat_force_next_flush()';

// Whatever changes the schema adds a row to one of these, or takes one away; the migrations count as well.
const CATALOGS = [
  'pg_class',
  'pg_attribute',
  'pg_constraint',
  'pg_policy',
  'pg_trigger',
  'pg_proc',
  '_prisma_migrations',
];
const SCHEMA = `SELECT concat_ws(' ', ${CATALOGS.map((table) => `(SELECT concat(count(*), ':', max(xmin::text::bigint)) FROM ${table})`).join(', ')}) AS digest`;

/** What tells whether a test has changed the schema of a database, or the migrations that it counts. */
export async function schemaDigest(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ digest: string }>(SCHEMA);
    return rows[0]?.digest ?? '';
  });
}

/**
 * Empties a database, ending the connections that are still on it: far quicker than making another one.
 *
 * @throws when the database is not what it was, has grown, or its role may not do this; then it is to be dropped.
 */
export async function resetDatabase(url: string, digest: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      `SELECT pg_terminate_backend(pid, ${END_MS}) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    const [schema] = (await client.query<{ digest: string }>(SCHEMA)).rows;
    if (schema?.digest !== digest) throw new Error('A test has changed the schema of its database.');
    const [size] = (await client.query<{ bytes: number }>(SIZE)).rows;
    if (size === undefined || size.bytes > MUCH) throw new Error('A test has made its database large.');
    await client.query(EMPTY);
    await client.query(FLUSH_COUNTERS);
    await client.query(FORGET_COUNTERS);
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
