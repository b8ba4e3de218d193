import type { ScriptSession } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import type { Provider } from '../sql/dialect.ts';
import { rawSql } from '../sql/statement.ts';
import { ROLES } from '../tenancy/roles.ts';
import type { ApplyMigrationsOptions } from './apply-migrations.ts';
import { planMigrations } from './inspect-migrations.ts';
import { readMigrationHistory } from './migration-history.ts';
import type { MigrationTarget } from './migration-target.ts';
import { takeTurn } from './migration-turn.ts';
import { hasStatements, runMigrationScript } from './run-migration-script.ts';

const ROLE_NAMES = Object.values(ROLES)
  .map((name) => `'${name}'`)
  .join(', ');

/** Every object of the schema with what defines it: extras that run again without an effect leave all of that alone. */
const SHAPE: Readonly<Record<Provider, string>> = {
  sqlite: `SELECT type || ' ' || name AS object, coalesce(sql, '') AS definition FROM sqlite_master`,
  postgresql: `
    WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    SELECT format('table %s', relname) AS object,
      concat_ws(' ', relkind, relowner, relacl, reloptions,
        CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END) AS definition
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM here) AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT format('row-level security of %s', relname), concat_ws(' ', relrowsecurity, relforcerowsecurity)
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM here) AND relkind IN ('r', 'p')
    UNION ALL
    SELECT format('role %s', rolname), '' FROM pg_roles WHERE rolname IN (${ROLE_NAMES})
    UNION ALL
    SELECT format('membership of %s in %s', member::regrole, roleid::regrole), string_agg((to_jsonb(m) - 'oid')::text, ' ')
    FROM pg_auth_members m WHERE member = to_regrole(quote_ident(session_user)) GROUP BY member, roleid
    UNION ALL
    SELECT format('column %s.%s', c.relname, a.attname),
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation, a.attacl,
        pg_get_expr(d.adbin, d.adrelid))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT format('constraint %s on %s', conname, conrelid::regclass), pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace IN (SELECT oid FROM here)
    UNION ALL
    SELECT format('index %s', indexname), indexdef FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('policy %s on %s', policyname, tablename),
      concat_ws(' ', permissive, roles, cmd, qual, with_check)
    FROM pg_policies WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('trigger %s on %s', t.tgname, c.relname), concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace IN (SELECT oid FROM here)
    UNION ALL
    SELECT format('function %s', oid::regprocedure), concat_ws(' ', pg_get_functiondef(oid), proowner, proacl)
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM here) AND prokind IN ('f', 'p')
    UNION ALL
    SELECT format('type %s', typname), concat_ws(' ', typtype, typacl)
    FROM pg_type WHERE typnamespace IN (SELECT oid FROM here) AND typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT format('extension %s', extname), extversion FROM pg_extension`,
};

/**
 * What the extras (`extras.sql`) would still change: the objects of the schema, such as `trigger checked on posts`.
 * Empty where they are in force. They are run for that, and rolled back; on PostgreSQL with the locks that they take.
 *
 * @throws `db.not-migrated` where migrations are pending, `db.migration-failed` where the extras fail, `db.busy`; and
 *   like `pendingMigrations`.
 */
export async function findMissingExtras(
  target: MigrationTarget,
  { waitMs = 60_000, ...source }: ApplyMigrationsOptions = {},
): Promise<string[]> {
  const { migrations, extras } = await readMigrationHistory(source, target.provider);
  const pending = await planMigrations(target.sql, migrations);
  if (pending.length > 0) throw dbErrors.create('not-migrated', { pending: pending.map(({ name }) => name) });
  if (!hasStatements(extras, target.provider)) return [];
  const rollback = new Error('rolled back');
  let missing: string[] = [];
  try {
    await takeTurn(target, waitMs, async (script) => {
      const before = await shapeOf(script);
      await runMigrationScript(script, 'extras.sql', extras);
      missing = differences(before, await shapeOf(script));
      throw rollback;
    });
  } catch (error) {
    if (error !== rollback) throw error;
  }
  return missing;
}

type Shape = ReadonlyMap<string, string>;

async function shapeOf(script: ScriptSession): Promise<Shape> {
  const statement = rawSql(SHAPE[script.sql.dialect.provider]);
  const rows = await script.sql.all<{ object: string; definition: string }>(statement);
  return new Map(rows.map(({ object, definition }) => [object, definition]));
}

function differences(before: Shape, after: Shape): string[] {
  const objects = new Set([...before.keys(), ...after.keys()]);
  return [...objects].filter((object) => before.get(object) !== after.get(object)).sort();
}
