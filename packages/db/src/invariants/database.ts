import { readFile } from 'node:fs/promises';
import { isSheafError } from '@sheaf/core';
import { declaredColumns } from '../compose/declared-columns.ts';
import type { Connection } from '../connection/connection.ts';
import { applyMigrations } from '../migrate/apply-migrations.ts';
import { findDrift } from '../migrate/find-drift.ts';
import { inspectMigrations } from '../migrate/inspect-migrations.ts';
import type { MigrationSource } from '../migrate/migration-history.ts';
import type { MigrationReport } from '../migrate/migration-report.ts';
import { findMissingExtras } from '../migrate/missing-extras.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, joinSql, rawSql, type Sql, sql } from '../sql/statement.ts';
import type { Findings, Invariant, InvariantContext, MendContext, Violation } from './invariant.ts';

/** The schema. Where it does not hold, nothing else can be looked at. */
export const schemaInvariants: readonly Invariant[] = [
  {
    id: 'database.migrations',
    summary: 'The database has all migrations, and none that failed.',
    scope: 'deployment',
    isFoundation: true,
    advice: 'Run `sheaf db migrate`; settle one that failed with `prisma migrate resolve` first.',
    find: (context) => findMigrations(context, ['pending', 'failed']),
    mend: { summary: 'applies what is pending, unless something else is wrong', apply: applyPending },
  },
  {
    id: 'database.migration-files',
    summary: 'The migrations that the database has are known, and as they were when they were applied.',
    scope: 'deployment',
    advice: 'Restore the files as they were, or use the version of Sheaf that applied them.',
    find: (context) => findMigrations(context, ['edited', 'unknown']),
  },
  {
    id: 'database.tables',
    summary: 'The database has every table of the plugins in use, with its columns.',
    scope: 'deployment',
    isFoundation: true,
    advice: 'Compose the schema of your plugins with `sheaf db compose`, make a migration of it, and apply it.',
    find: findUnmigrated,
  },
  {
    id: 'database.extras',
    summary: 'What is applied after the migrations is in force: collations, policies, triggers.',
    scope: 'deployment',
    advice: 'Run `sheaf db migrate`.',
    find: ({ connection, migrations }) =>
      connection ? checkExtras(connection, migrations) : { unchecked: 'a transaction is open' },
    mend: { summary: 'applies it again', apply: applyExtras },
  },
  {
    id: 'database.drift',
    summary: 'The database is as its migrations made it.',
    scope: 'deployment',
    advice:
      'Take back what was changed by hand, or put it into the schema and a migration: `prisma migrate diff` shows it.',
    find: ({ connection, migrations }) =>
      connection ? checkDrift(connection, migrations) : { unchecked: 'a transaction is open' },
  },
];

/** What the database itself can say of its soundness. */
export const databaseInvariants: readonly Invariant[] = [
  {
    id: 'database.integrity',
    summary: 'The database file or, with --deep, the indexes of the server are sound.',
    scope: 'deployment',
    advice: 'Stop all processes, copy what there is, and restore a backup.',
    find: (context) => (context.sql.dialect.provider === 'sqlite' ? checkFile(context.isDeep) : checkIndexes(context)),
  },
  {
    id: 'database.foreign-keys',
    summary: 'Every row that another one refers to is there, and the database sees to it.',
    scope: 'deployment',
    advice: 'Foreign keys were off when something was written: remove or correct the rows with SQL.',
    find: ({ sql: db }) =>
      db.dialect.provider === 'sqlite'
        ? sql`SELECT "table" || ' ' || coalesce(rowid, '') AS subject, 'no row of ' || parent AS detail
            FROM pragma_foreign_key_check`
        : findBrokenReferences(db),
  },
];

function violation(subject: string, detail: string | null): Violation {
  return { workspaceId: null, subject, detail };
}

async function* findMigrations(
  { connection, sql: db, migrations }: InvariantContext,
  kinds: readonly ('pending' | 'failed' | 'edited' | 'unknown')[],
): AsyncGenerator<Violation, void, undefined> {
  const report = await inspectMigrations(connection ?? { provider: db.dialect.provider, sql: db }, migrations);
  for (const kind of kinds) {
    for (const found of report[kind]) yield violation(typeof found === 'string' ? found : found.name, kind);
  }
}

function isSettled({ pending, failed, edited, unknown }: MigrationReport): boolean {
  return [pending, failed, edited, unknown].every(({ length }) => length === 0);
}

async function checkExtras(connection: Connection<unknown>, migrations: MigrationSource): Promise<Findings> {
  if (!isSettled(await inspectMigrations(connection, migrations))) return { unchecked: 'the migrations come first' };
  const missing = await findMissingExtras(connection, migrations);
  return violations(missing.map((object) => violation(object, null)));
}

async function checkDrift(connection: Connection<unknown>, migrations: MigrationSource): Promise<Findings> {
  if (!isSettled(await inspectMigrations(connection, migrations))) return { unchecked: 'the migrations come first' };
  try {
    // What the extras are about is told by `database.extras`.
    const missing = new Set(await findMissingExtras(connection, migrations));
    const drift = await findDrift(connection, migrations);
    const others = drift.filter(({ object }) => !missing.has(object));
    return violations(others.map(({ object, kind }) => violation(object, kind)));
  } catch (error) {
    if (isSheafError(error, 'db.not-permitted'))
      return { unchecked: 'the role may not create a schema to compare with: GRANT CREATE ON DATABASE … TO …' };
    if (!isSheafError(error, 'db.migration-failed')) throw error;
    return { unchecked: `the migrations cannot be run again in one transaction: ${error.message}` };
  }
}

/** What the plugins declare and no migration has made. */
async function* findUnmigrated({ sql: db, graph }: InvariantContext): AsyncGenerator<Violation, void, undefined> {
  const rows = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
  const columns = Map.groupBy(rows, ({ table }) => table);
  for (const { id, schema } of graph.plugins) {
    if (!schema) continue;
    const declared = await readFile(schema.models, 'utf8').then(declaredColumns, () => undefined);
    if (!declared) yield violation(id, `the plugin's models cannot be read from ${schema.models}`);
    for (const table of schema.tables) {
      const present = new Set(columns.get(table)?.map(({ column }) => column));
      if (present.size === 0) yield violation(table, `of the plugin "${id}"`);
      else {
        const missing = declared?.get(table)?.filter((column) => !present.has(column)) ?? [];
        for (const column of missing) yield violation(`${table}.${column}`, `of the plugin "${id}"`);
      }
    }
  }
}

async function* violations(found: readonly Violation[]): AsyncGenerator<Violation, void, undefined> {
  yield* found;
}

async function applyPending({ connection, migrations }: MendContext): Promise<number> {
  if (!connection) return 0;
  const report = await inspectMigrations(connection, migrations);
  if (!isSettled({ ...report, pending: [] })) return 0;
  return (await applyMigrations(connection, migrations)).applied.length;
}

async function applyExtras({ connection, migrations }: MendContext): Promise<number> {
  if (!connection) return 0;
  const missing = await findMissingExtras(connection, migrations);
  await applyMigrations(connection, migrations);
  return missing.length;
}

/** `quick_check` leaves out whether indexes and tables agree, which takes several times as long. */
function checkFile(isDeep: boolean): Sql {
  const check = rawSql(isDeep ? 'integrity_check' : 'quick_check');
  return sql`
    SELECT 'the file' AS subject, ${check} AS detail FROM ${rawSql('pragma_')}${check} WHERE ${check} <> 'ok'`;
}

async function checkIndexes({ sql: db, connection, isDeep }: InvariantContext): Promise<Findings> {
  if (!isDeep) return { unchecked: 'indexes are read with --deep alone' };
  const installed = await db.all(rawSql(`SELECT 1 FROM pg_extension WHERE extname = 'amcheck'`));
  if (installed.length === 0) return { unchecked: 'the extension amcheck is not installed in the database' };
  try {
    // As the login: the roles may not call what the extension has.
    return violations(await (connection ? connection.snapshot(findBrokenIndexes) : findBrokenIndexes(db)));
  } catch (error) {
    if (isSheafError(error, 'db.not-permitted')) return { unchecked: 'the login may not check indexes' };
    throw error;
  }
}

async function findBrokenIndexes(db: SqlExecutor): Promise<readonly Violation[]> {
  const indexes = await db.all<{ readonly name: string; readonly oid: number }>(
    rawSql(`
      SELECT c.relname AS name, c.oid::bigint AS oid FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND a.amname = 'btree' AND i.indisvalid
      ORDER BY c.relname`),
  );
  const broken: Violation[] = [];
  for (const { name, oid } of indexes) {
    // A failed statement ends the transaction of the others, unless it is taken back.
    await db.execute(rawSql('SAVEPOINT sheaf_index'));
    try {
      await db.all(sql`SELECT bt_index_check(${oid}::oid)::text`);
    } catch (error) {
      await db.execute(rawSql('ROLLBACK TO SAVEPOINT sheaf_index'));
      if (!isSheafError(error, 'db.query-failed')) throw error;
      broken.push(violation(name, String(error.details.reason)));
    }
    await db.execute(rawSql('RELEASE SAVEPOINT sheaf_index'));
  }
  return broken;
}

interface ForeignKey {
  readonly name: string;
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly (readonly [child: string, parent: string])[];
}

/** PostgreSQL has no command for this: every foreign key becomes a look for rows without the other one. */
async function findBrokenReferences(db: SqlExecutor): Promise<Sql> {
  const keys = await db.all<ForeignKey>(
    rawSql(`
      SELECT k.conname AS name, c.relname AS child, p.relname AS parent, json_agg(json_build_array(ca.attname, pa.attname)) AS columns
      FROM pg_constraint k
      JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
      CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS u(child, parent)
      JOIN pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = u.child
      JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = u.parent
      WHERE k.contype = 'f' AND k.connamespace = quote_ident(current_schema())::regnamespace
      GROUP BY k.oid, k.conname, c.relname, p.relname ORDER BY k.conname`),
  );
  const broken = keys.map(({ name, child, parent, columns }) => {
    const list = (side: 0 | 1, alias: string): Sql[] =>
      columns.map((pair) => sql`${rawSql(alias)}.${identifier(pair[side])}`);
    const [own, others] = [list(0, 'c'), list(1, 'p')];
    const same = own.map((column, index) => sql`${column} = ${others[index] as Sql}`);
    const isNamed = own.map((column) => sql`${column} IS NOT NULL`);
    return sql`
      SELECT ${child}::text || ' ' || concat_ws(' ', ${joinSql(own, ', ')}) AS subject,
        ${`no row of ${parent} (${name})`}::text AS detail
      FROM ${identifier(child)} c LEFT JOIN ${identifier(parent)} p ON ${joinSql(same, ' AND ')}
      WHERE ${joinSql(isNamed, ' AND ')} AND ${others[0] as Sql} IS NULL`;
  });
  const unseen = sql`
    SELECT k.conname::text AS subject, 'not enforced by the database' AS detail FROM pg_constraint k
    WHERE k.connamespace = quote_ident(current_schema())::regnamespace AND k.contype = 'f' AND (
      NOT k.convalidated
      OR EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled = 'D')
    )`;
  return joinSql([unseen, ...broken], ' UNION ALL ');
}
