export type { ClientFactory, Clients, SheafClient } from './clients.ts';
export { clients } from './clients.ts';
/** Types of rows and queries: `Prisma.DocumentModel`, `Prisma.DocumentWhereInput`. */
export type { Prisma } from './generated/sqlite/client.ts';
