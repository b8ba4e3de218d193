import type { Provider } from '../sql/dialect.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { rawSql } from '../sql/statement.ts';
import { ROLES } from '../tenancy/roles.ts';

/** Every object of the present schema, such as `table posts` and `column posts.id`, with what defines it. */
export type SchemaShape = ReadonlyMap<string, string>;

const ROLE_NAMES = Object.values(ROLES)
  .map((name) => `'${name}'`)
  .join(', ');

const SHAPE: Readonly<Record<Provider, string>> = {
  sqlite: `SELECT type || ' ' || name AS object, coalesce(sql, '') AS definition, '' AS rights FROM sqlite_master`,
  postgresql: `
    WITH here AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    SELECT format('table %s', relname) AS object,
      concat_ws(' ', relkind, reloptions,
        CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END) AS definition,
      concat_ws(' ', relowner, relacl) AS rights
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM here) AND relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT format('row-level security of %s', relname), concat_ws(' ', relrowsecurity, relforcerowsecurity), ''
    FROM pg_class WHERE relnamespace IN (SELECT oid FROM here) AND (relrowsecurity OR relforcerowsecurity)
    UNION ALL
    SELECT format('role %s', rolname), '', '' FROM pg_roles WHERE rolname IN (${ROLE_NAMES})
    UNION ALL
    SELECT format('membership of %s in %s', member::regrole, roleid::regrole), '',
      string_agg((to_jsonb(m) - 'oid')::text, ' ')
    FROM pg_auth_members m WHERE member = to_regrole(quote_ident(session_user)) GROUP BY member, roleid
    UNION ALL
    SELECT format('column %s.%s', c.relname, a.attname),
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation, pg_get_expr(d.adbin, d.adrelid)),
      concat_ws(' ', a.attacl)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace IN (SELECT oid FROM here) AND c.relkind IN ('r', 'p')
    UNION ALL
    SELECT format('constraint %s on %s', conname, conrelid::regclass), pg_get_constraintdef(oid), ''
    FROM pg_constraint WHERE connamespace IN (SELECT oid FROM here) AND contype <> 'n' -- which the column says
    UNION ALL
    SELECT format('index %s', indexname), indexdef, '' FROM pg_indexes WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('policy %s on %s', policyname, tablename),
      concat_ws(' ', permissive, roles, cmd, qual, with_check), ''
    FROM pg_policies WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('trigger %s on %s', t.tgname, c.relname), concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled), ''
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace IN (SELECT oid FROM here)
    UNION ALL
    SELECT format('function %s', oid::regprocedure), pg_get_functiondef(oid), concat_ws(' ', proowner, proacl)
    FROM pg_proc WHERE pronamespace IN (SELECT oid FROM here) AND prokind IN ('f', 'p')
    UNION ALL
    SELECT format('type %s', typname), typtype::text, concat_ws(' ', typacl)
    FROM pg_type WHERE typnamespace IN (SELECT oid FROM here) AND typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT format('extension %s', extname), extversion, '' FROM pg_extension`,
};

interface ShapeRow {
  readonly object: string;
  readonly definition: string;
  readonly rights: string;
}

export interface ReadShapeOptions {
  /** Whether owners and grants count as well; default true. */
  readonly withRights?: boolean;
}

export async function readShape(db: SqlExecutor, { withRights = true }: ReadShapeOptions = {}): Promise<SchemaShape> {
  const rows = await db.all<ShapeRow>(rawSql(SHAPE[db.dialect.provider]));
  return new Map(
    rows.map(({ object, definition, rights }) => [object, withRights ? `${definition} ${rights}` : definition]),
  );
}

/** The objects that are not the same in both, or in one of them alone; by name. */
export function differingObjects(left: SchemaShape, right: SchemaShape): string[] {
  const objects = new Set([...left.keys(), ...right.keys()]);
  return [...objects].filter((object) => left.get(object) !== right.get(object)).sort();
}
