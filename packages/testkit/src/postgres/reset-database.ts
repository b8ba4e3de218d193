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
    EXECUTE format('ALTER SEQUENCE %I.%I RESTART', entry.schemaname, entry.sequencename);
  END LOOP;
END
$reset$`;

const SCHEMA = `
SELECT md5(coalesce(string_agg(part, E'\\n' ORDER BY part), '')) AS digest FROM (
  SELECT format('%s %s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull) AS part
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT a.attisdropped
  UNION ALL
  SELECT format('%s %s %s', c.relname, c.relrowsecurity, c.relforcerowsecurity)
  FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
  UNION ALL
  SELECT format('%s %s', conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
  UNION ALL
  SELECT format('%s %s %s %s', tablename, policyname, qual, with_check) FROM pg_policies
  UNION ALL
  SELECT format('%s %s %s', migration_name, checksum, finished_at IS NOT NULL AND rolled_back_at IS NULL)
  FROM _prisma_migrations
) AS parts`;

/** A digest of a database's schema and of the migrations it counts, to see whether a test has changed them. */
export async function schemaDigest(url: string): Promise<string> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ digest: string }>(SCHEMA);
    return rows[0]?.digest ?? '';
  });
}

/**
 * Empties a database, ending the connections that are still on it: far quicker than making another one.
 *
 * @throws when the database is not what it was, or its role may not do this; then it is to be dropped.
 */
export async function resetDatabase(url: string, digest: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const { rows } = await client.query<{ digest: string }>(SCHEMA);
    if (rows[0]?.digest !== digest) throw new Error('A test has changed the schema of its database.');
    await client.query(EMPTY);
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
