import { isSheafError } from '@sheaf/core';
import { connectSqlite } from '../connection/connect-sqlite.ts';
import type { PrismaClientPort, ScriptSession } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, sql } from '../sql/statement.ts';
import { type ApplyMigrationsOptions, applyMigrations } from './apply-migrations.ts';
import { type MigrationHistory, readMigrationHistory } from './migration-history.ts';
import type { MigrationTarget } from './migration-target.ts';
import { takeTurn } from './migration-turn.ts';
import { hasStatements, runMigrationScript } from './run-migration-script.ts';
import { differingObjects, readShape, type SchemaShape } from './schema-shape.ts';

/** An object of the schema that is not as the migrations make it. */
export interface Drift {
  /** Such as `column posts.title`, `index posts_by_title`. */
  readonly object: string;
  readonly kind: 'missing' | 'added' | 'changed';
}

/** Of the bookkeeping, which Prisma's CLI spells otherwise, and of SQLite itself. */
const OWN_AFFAIRS = /^\w+ (_prisma_migrations|sqlite_)|\b_prisma_migrations\b/;
const SCRATCH_SCHEMA = 'sheaf_drift';

/**
 * What somebody has changed in a database besides its migrations: they are run once more, in a schema of their own or as
 * temporary tables that are rolled back (on PostgreSQL), or in memory (on SQLite), and the two are compared. The extras
 * count as well.
 *
 * @throws `db.not-permitted` where the role may not create a schema and temporary tables do not do,
 *   `db.migration-failed` where the migrations cannot be run again in one transaction, `db.busy`, `db.no-migrations`.
 */
export async function findDrift(
  target: MigrationTarget,
  { waitMs = 60_000, ...source }: ApplyMigrationsOptions = {},
): Promise<Drift[]> {
  const history = await readMigrationHistory(source, target.provider);
  const [actual, made] =
    target.provider === 'sqlite'
      ? [await shapeWithoutRights(target), await shapeInMemory(history)]
      : await shapesInTransaction(target, history, waitMs);
  return differingObjects(made, actual)
    .filter((object) => !OWN_AFFAIRS.test(object))
    .map((object) => ({ object, kind: !actual.has(object) ? 'missing' : made.has(object) ? 'changed' : 'added' }));
}

const shapeWithoutRights = ({ sql: db }: Pick<ScriptSession, 'sql'>): Promise<SchemaShape> =>
  readShape(db, { withRights: false });

/** Migrating uses SQL alone. */
const noClient: PrismaClientPort = {
  $transaction: () => Promise.reject(new Error('A database to compare with has no Prisma client.')),
  $disconnect: async () => {},
};

async function shapeInMemory(history: MigrationHistory): Promise<SchemaShape> {
  const clients = { sqlite: () => noClient, postgresql: () => noClient };
  const url = ':memory:';
  const memory = await connectSqlite({ provider: 'sqlite', path: url }, { url, clients });
  try {
    await applyMigrations(memory, { history });
    return await shapeWithoutRights(memory);
  } finally {
    await memory.close();
  }
}

async function shapesInTransaction(
  target: MigrationTarget,
  { migrations, extras }: MigrationHistory,
  waitMs: number,
): Promise<readonly [SchemaShape, SchemaShape]> {
  const rollback = new Error('rolled back');
  let shapes: readonly [SchemaShape, SchemaShape] | undefined;
  try {
    await takeTurn(target, waitMs, async (script) => {
      const actual = await shapeHere(script);
      await inScratchSchema(script.sql, async () => {
        for (const { name, script: text } of migrations) await runMigrationScript(script, name, text);
        if (hasStatements(extras, target.provider)) await runMigrationScript(script, 'extras.sql', extras);
      });
      shapes = [actual, await shapeHere(script)];
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback || !shapes) throw error;
  }
  return shapes as readonly [SchemaShape, SchemaShape];
}

/**
 * Stays there. Who may not make a schema has one for temporary tables, unless somebody took that right away; PostgreSQL
 * does not look for functions in it.
 */
async function inScratchSchema(db: SqlExecutor, work: () => Promise<void>): Promise<void> {
  const { database, isAllowed } = await db.one<{ readonly database: string; readonly isAllowed: boolean }>(
    sql`SELECT current_database()::text AS database, has_database_privilege(current_database(), 'CREATE') AS "isAllowed"`,
  );
  if (isAllowed) await db.execute(sql`CREATE SCHEMA ${identifier(SCRATCH_SCHEMA)}`);
  await db.all(sql`SELECT set_config('search_path', ${isAllowed ? SCRATCH_SCHEMA : 'pg_temp'}, true)`);
  try {
    await work();
  } catch (cause) {
    if (isAllowed || !isSheafError(cause, 'db.migration-failed')) throw cause;
    const reason = 'it may not create a schema to compare with';
    throw dbErrors.create('not-permitted', { target: database, reason }, { cause });
  }
}

/** With names as they are inside the schema: some definitions name it whatever the search path. */
async function shapeHere(script: ScriptSession): Promise<SchemaShape> {
  const { schema } = await script.sql.one<{ schema: string }>(sql`SELECT quote_ident(current_schema()) AS schema`);
  const shape = await shapeWithoutRights(script);
  const inside = (text: string): string => text.replaceAll(`${schema}.`, '').replaceAll('pg_temp.', '');
  return new Map([...shape].map(([object, definition]) => [inside(object), inside(definition)]));
}
