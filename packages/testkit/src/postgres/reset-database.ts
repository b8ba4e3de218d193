import pg from 'pg';

/** Milliseconds that each connection has to end. */
const END_MS = 5_000;
const END_CONNECTIONS = `SELECT coalesce(bool_and(pg_terminate_backend(pid, ${END_MS})), true) AS have_ended
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** Bytes of a table. */
const LARGE = 4_000_000;
// A table of no size has no rows. The bookkeeping of migrations belongs to the schema. Triggers and foreign keys rest
// meanwhile. Deleted rows leave tables that are slow to read, which are not worth going on with.
const EMPTY = `
DO $reset$
DECLARE entry record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR entry IN SELECT c.oid::regclass AS name, pg_table_size(c.oid) AS bytes FROM pg_class c
    WHERE c.relkind = 'r' AND c.oid >= 16384 AND c.relname <> '_prisma_migrations' AND pg_relation_size(c.oid) > 0
  LOOP
    IF entry.bytes > ${LARGE} THEN RAISE 'the table % has become large', entry.name; END IF;
    EXECUTE format('DELETE FROM %s', entry.name);
  END LOOP;
  FOR entry IN SELECT schemaname, sequencename FROM pg_sequences WHERE last_value IS NOT NULL
  LOOP
    PERFORM setval(format('%I.%I', entry.schemaname, entry.sequencename)::regclass, 1, false);
  END LOOP;
END
$reset$`;
const FLUSH_COUNTERS = 'SELECT pg_stat_force_next_flush()';
const FORGET_COUNTERS = 'SELECT pg_stat_reset()';

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
    const [connections] = (await client.query<{ have_ended: boolean }>(END_CONNECTIONS)).rows;
    if (!connections?.have_ended) throw new Error('A connection to the database has not ended.');
    const [schema] = (await client.query<{ digest: string }>(SCHEMA)).rows;
    if (schema?.digest !== digest) throw new Error('A test has changed the schema of its database.');
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
