import type { Connection, ScriptSession } from '../connection/connection.ts';
import { type MigrationSource, matchesChecksum, readMigrationHistory } from '../migrate/migration-history.ts';
import { readMigrationRecords } from '../migrate/migration-records.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { rawSql } from '../sql/statement.ts';

/** A migration that is not as it should be. */
export interface MigrationProblem {
  readonly name: string;
  readonly kind: 'pending' | 'failed' | 'edited' | 'unknown';
}

/** How the migrations of a database stand to those that it should have. */
export async function findMigrationProblems(
  db: SqlExecutor,
  source: MigrationSource,
): Promise<readonly MigrationProblem[]> {
  const { migrations } = await readMigrationHistory(source, db.dialect.provider);
  const records = (await readMigrationRecords(db)).filter(({ isRolledBack }) => !isRolledBack);
  const known = new Map(migrations.map(({ name, script }) => [name, script]));
  const begun = new Set(records.map(({ name }) => name));
  const kindOf = ({ name, checksum, isFinished }: (typeof records)[number]): MigrationProblem['kind'] | undefined => {
    if (!isFinished) return 'failed';
    const script = known.get(name);
    if (script === undefined) return 'unknown';
    return matchesChecksum(script, checksum) ? undefined : 'edited';
  };
  return [
    ...records.flatMap((record) => {
      const kind = kindOf(record);
      return kind ? [{ name: record.name, kind }] : [];
    }),
    ...[...known.keys()].filter((name) => !begun.has(name)).map((name) => ({ name, kind: 'pending' as const })),
  ];
}

/** What the extras may set besides tables, with what defines it. */
const SHAPE = `
  SELECT 'column ' || c.relname || '.' || a.attname AS object, concat_ws(' ', a.atttypid, a.attcollation, a.attnotnull) AS shape
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p')
  UNION ALL
  SELECT 'table ' || relname, concat_ws(' ', relrowsecurity, relforcerowsecurity, relacl)
  FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind IN ('r', 'p')
  UNION ALL
  SELECT 'policy ' || policyname || ' on ' || tablename, concat_ws(' ', permissive, roles, cmd, qual, with_check)
  FROM pg_policies WHERE schemaname = current_schema()
  UNION ALL
  SELECT 'constraint ' || conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = quote_ident(current_schema())::regnamespace
  UNION ALL
  SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
  UNION ALL
  SELECT 'trigger ' || t.tgname || ' on ' || c.relname, pg_get_triggerdef(t.oid)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE NOT t.tgisinternal AND c.relnamespace = quote_ident(current_schema())::regnamespace`;

/**
 * The objects of the schema that the extras would still change. They are run for that, and rolled back. SQLite has no
 * extras.
 */
export async function findMissingExtras(
  connection: Pick<Connection<unknown>, 'provider' | 'runScript'>,
  source: MigrationSource,
): Promise<readonly string[]> {
  const { extras } = await readMigrationHistory(source, connection.provider);
  if (connection.provider === 'sqlite') return [];
  const rollback = new Error('rolled back');
  let missing: readonly string[] = [];
  try {
    await connection.runScript(async (script) => {
      const before = await shapeOf(script);
      await script.exec(extras);
      const after = await shapeOf(script);
      missing = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  return missing.toSorted();
}

async function shapeOf({ sql: db }: ScriptSession): Promise<ReadonlyMap<string, string>> {
  const rows = await db.all<{ readonly object: string; readonly shape: string }>(rawSql(SHAPE));
  return new Map(rows.map(({ object, shape }) => [object, shape]));
}
