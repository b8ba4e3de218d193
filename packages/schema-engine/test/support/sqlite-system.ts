import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { DatabaseSystem, TestDatabase } from './test-database.ts';

/** SQLite databases in a directory. */
export function createSqliteSystem(directory: string): DatabaseSystem {
  let count = 0;
  const names = async (database: TestDatabase, type: 'table' | 'trigger'): Promise<string[]> => {
    const rows = await database.query(
      `SELECT name FROM sqlite_master WHERE type = '${type}' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    );
    return rows.map(({ name }) => String(name)).filter((name) => name !== '_prisma_migrations');
  };
  return {
    provider: 'sqlite',
    async create() {
      count += 1;
      const path = join(directory, `test-${count}.db`);
      new Database(path).exec('VACUUM').close();
      return { url: `file:${path}`, query: async (statement) => querySqlite(path, statement) };
    },
    extras: `
-- Semicolons in a trigger's body; and in this comment.
DROP TRIGGER IF EXISTS post_checked;
CREATE TRIGGER post_checked BEFORE INSERT ON "Post" WHEN NEW."title" = '' BEGIN
  SELECT RAISE(ABORT, 'a post needs a title');
END;
`,
    tables: (database) => names(database, 'table'),
    triggers: (database) => names(database, 'trigger'),
  };
}

export function querySqlite(path: string, statement: string): Record<string, unknown>[] {
  const database = new Database(path);
  try {
    const prepared = database.prepare(statement);
    if (prepared.reader) return prepared.all() as Record<string, unknown>[];
    prepared.run();
    return [];
  } finally {
    database.close();
  }
}
