import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Provider } from '@sheaf/db';
import pg from 'pg';

export interface MigrateTestDatabaseOptions {
  readonly provider: Provider;
  readonly url: string;
  /** Holds `sqlite/migrations` and `postgresql/migrations`. */
  readonly migrationsFolder: string;
}

/** Applies all migrations to an empty database. */
export async function migrateTestDatabase({ provider, url, migrationsFolder }: MigrateTestDatabaseOptions): Promise<void> {
  const folder = join(migrationsFolder, provider, 'migrations');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const scripts = await Promise.all(names.map((name) => readFile(join(folder, name, 'migration.sql'), 'utf8')));
  if (provider === 'sqlite') {
    const database = new DatabaseSync(url);
    for (const script of scripts) database.exec(script);
    database.close();
    return;
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const script of scripts) await client.query(script);
  } finally {
    await client.end();
  }
}
