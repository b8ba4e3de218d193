import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import './sources.mjs';

const { startPostgres } = await import('../../packages/testkit/src/postgres/start-postgres.ts');
const { createDatabase, databaseUrl, dropDatabase } = await import('../../packages/testkit/src/postgres/databases.ts');

/**
 * Empty databases of both providers, and a folder, for the time that `work` takes. PostgreSQL is the server of
 * TEST_DATABASE_URL, or one that is started for the purpose.
 */
export async function withScratchDatabases(work) {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-schema-'));
  const names = [];
  const server = await startPostgres();
  const emptyDatabase = async (provider) => {
    if (provider === 'sqlite') return `file:${join(folder, `${crypto.randomUUID()}.db`)}`;
    const name = `sheaf_schema_${crypto.randomUUID().replaceAll('-', '')}`;
    names.push(name);
    await createDatabase(server.url, name);
    return databaseUrl(server.url, name);
  };
  try {
    return await work({ folder, emptyDatabase, serverUrl: server.url });
  } finally {
    for (const name of names) await dropDatabase(server.url, name);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
