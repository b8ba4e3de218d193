import type { PostgresServer } from './postgres-server.ts';
import type { DatabaseSystem, TestDatabase } from './test-database.ts';

/** Databases of a PostgreSQL server. */
export function createPostgresSystem(server: () => PostgresServer): DatabaseSystem {
  const names = async (database: TestDatabase, statement: string): Promise<string[]> =>
    (await database.query(statement)).map(({ name }) => String(name)).filter((name) => name !== '_prisma_migrations');
  return {
    provider: 'postgresql',
    async create() {
      const name = await server().createDatabase();
      return { url: server().urlOf(name), query: (statement) => server().query(statement, name) };
    },
    extras: `
-- Semicolons in a function's body; and in this comment.
CREATE OR REPLACE FUNCTION check_post() RETURNS trigger AS $$
BEGIN
  IF NEW."title" = '' THEN RAISE EXCEPTION 'a post needs a title'; END IF;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER post_checked BEFORE INSERT ON "Post" FOR EACH ROW EXECUTE FUNCTION check_post();
`,
    tables: (database) =>
      names(
        database,
        "SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1",
      ),
    triggers: (database) => names(database, 'SELECT tgname AS name FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1'),
  };
}
