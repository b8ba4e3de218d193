import { afterAll, beforeAll } from 'vitest';
import { describeMigrations } from './support/migration-contract.ts';
import { type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { createPostgresSystem } from './support/postgres-system.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

describeMigrations(createPostgresSystem(() => server));
