// Prisma's CLI in this repository, for the database that the environment names: SHEAF_DATABASE_URL, else DATABASE_URL,
// else the embedded SQLite file. Each provider has its own folder: schema, migrations.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useWasmSchemaEngine } from './packages/schema-engine/src/use-wasm-schema-engine.ts';

useWasmSchemaEngine();

const url = process.env.SHEAF_DATABASE_URL || process.env.DATABASE_URL || `file:${resolve('.sheaf/sheaf.db')}`;
const provider = /^postgres(ql)?:/.test(url) ? 'postgresql' : 'sqlite';
const schema = fileURLToPath(new URL(`prisma/${provider}`, import.meta.url));

export default { schema, migrations: { path: `${schema}/migrations` }, datasource: { url } };
