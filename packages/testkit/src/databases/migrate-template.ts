// A program: applies all migrations to the database of its first argument, from the schema folder of its second.
import { argv } from 'node:process';
import { applyMigrations, connect, type PrismaClientPort } from '@sheaf/db';

/** Migrations are SQL: a connection for them alone needs no models. */
const noClient: PrismaClientPort = {
  $transaction: () => Promise.reject(new Error('A connection for migrations has no Prisma client.')),
  $disconnect: async () => {},
};

const [, , url = '', folder] = argv;
const connection = await connect({ url, clients: { sqlite: () => noClient, postgresql: () => noClient } });
try {
  await applyMigrations(connection, { folder });
} finally {
  await connection.close();
}
