// Prisma's CLI in this repository, on the database that the environment names: SHEAF_DATABASE_URL, else DATABASE_URL,
// else the embedded SQLite file. The database chooses the provider's folder, which holds its schema and migrations.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useWasmSchemaEngine } from './packages/schema-engine/src/use-wasm-schema-engine.ts';

useWasmSchemaEngine();

const url = process.env.SHEAF_DATABASE_URL || process.env.DATABASE_URL || `file:${resolve('.sheaf/sheaf.db')}`;
const provider = /^postgres(ql)?:/.test(url) ? 'postgresql' : 'sqlite';
const folder = process.env.SHEAF_SCHEMA_FOLDER || fileURLToPath(new URL('prisma', import.meta.url));
const schema = resolve(folder, provider);

export default { schema, migrations: { path: resolve(schema, 'migrations') }, datasource: { url } };
