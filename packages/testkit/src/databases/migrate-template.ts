// A program: applies all migrations to the database of its first argument, from the schema folder of its second. With a
// third one, `plugins`, the folder is one of plugins under test, whose own migration is written first.
import { argv } from 'node:process';
import { applyMigrations, connect, type PrismaClientPort } from '@sheaf/db';

/** Migrations are SQL: a connection for them alone needs no models. */
const noClient: PrismaClientPort = {
  $transaction: () => Promise.reject(new Error('A connection for migrations has no Prisma client.')),
  $disconnect: async () => {},
};

const [, , url = '', folder, kind] = argv;
const connection = await connect({ url, clients: { sqlite: () => noClient, postgresql: () => noClient } });
try {
  if (folder !== undefined && kind === 'plugins') {
    const { writePluginMigration } = await import('./plugin-schema.ts');
    await writePluginMigration({ folder, provider: connection.provider, url });
  }
  await applyMigrations(connection, { folder });
} finally {
  await connection.close();
}
