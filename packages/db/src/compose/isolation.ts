import { ROLES, ROLES_REFUSED, WORKSPACE_SETTING } from '../tenancy/roles.ts';
import type { ModelScope } from './check-models.ts';

/** A table, and whose rows it holds. */
export interface ScopedTable {
  readonly owner: string;
  readonly table: string;
  readonly scope: ModelScope;
}

/** What a role may do with a table. */
interface Grant {
  readonly role: string;
  readonly table: string;
  /** As GRANT takes them. */
  readonly privileges: string;
  /** Only these; default all. */
  readonly columns?: string;
}

/** Which rows of a table a role sees and writes, as a condition. The policy bears the name of the role. */
interface Policy {
  readonly role: string;
  readonly table: string;
  readonly rows: string;
}

const CORE_OWNER = 'data';
const ALL = 'SELECT, INSERT, UPDATE, DELETE';
// Unset, the setting is NULL; after a transaction that set it, it is empty: no row equals either. This is how PostgreSQL
// itself writes the condition, by which a policy is known again. As a bare equality it would take part in planning: tables
// would seem almost empty for as long as they have no statistics, and joins by workspace would be planned as loops in
// loops. Of an inequality of what it cannot know PostgreSQL expects that nearly all rows have it. So the plans are those
// of the statements, which name the workspace themselves, and this is looked at besides.
const BOUND = `( SELECT (NULLIF(current_setting('${WORKSPACE_SETTING}'::text, true), ''::text))::integer AS id)`;
const bound = (column: string): string => `(COALESCE(((${column} = ${BOUND}))::integer, 0) <> 0)`;

/** What the roles may do with the core models, apart from the rows of the workspace that they are bound to. */
const CORE_GRANTS: readonly Grant[] = [
  { role: ROLES.app, table: 'workspaces', privileges: 'SELECT' },
  { role: ROLES.engine, table: 'workspaces', privileges: 'SELECT' },
  { role: ROLES.engine, table: 'workers', privileges: ALL },
  { role: ROLES.engine, table: 'host_gates', privileges: 'SELECT, INSERT, UPDATE' },
  {
    role: ROLES.engine,
    table: 'steps',
    privileges: 'SELECT',
    columns:
      'workspace_id, id, run_id, item_id, document_id, number, name, type, variant, status, priority, shard, waits_for, ' +
      'attempt, max_attempts, available_at, lease_until, worker_id, claim_token, error_code, error_message, created_at, ' +
      'started_at, ended_at',
  },
  {
    role: ROLES.engine,
    table: 'steps',
    privileges: 'UPDATE',
    columns: 'status, attempt, available_at, lease_until, worker_id, claim_token, started_at',
  },
  {
    role: ROLES.engine,
    table: 'run_items',
    privileges: 'SELECT',
    columns: 'workspace_id, id, run_id, status, error_message, created_at, started_at',
  },
  {
    role: ROLES.engine,
    table: 'run_items',
    privileges: 'UPDATE',
    columns: 'status, error_code, error_message, started_at, ended_at',
  },
  {
    role: ROLES.engine,
    table: 'runs',
    privileges: 'SELECT',
    columns: 'workspace_id, id, status, worker_id, lease_until',
  },
  { role: ROLES.engine, table: 'runs', privileges: 'UPDATE', columns: 'worker_id, lease_until' },
  { role: ROLES.engine, table: 'lifecycle_events', privileges: 'INSERT' },
];

const CORE_POLICIES: readonly Policy[] = [
  { role: ROLES.app, table: 'workspaces', rows: bound('id') },
  { role: ROLES.admin, table: 'workspaces', rows: 'true' },
  ...['workspaces', 'steps', 'run_items', 'runs', 'lifecycle_events'].map((table) => ({
    role: ROLES.engine,
    table,
    rows: 'true',
  })),
];

/**
 * Keeps workspaces apart on PostgreSQL: the roles, what each may do, and row-level security on every table that has rows
 * of workspaces. What is so already is left alone, so that nobody has to wait for it.
 */
export function composeIsolation(tables: readonly ScopedTable[]): string {
  const core = new Set(tables.filter(({ owner }) => owner === CORE_OWNER).map(({ table }) => table));
  const tenant = tables.filter(({ scope }) => scope === 'workspace').map(({ table }) => table);
  // What a plugin says belongs to the whole deployment, all workspaces may use.
  const shared = tables.filter(({ scope, owner }) => scope === 'deployment' && owner !== CORE_OWNER);
  const grants: readonly Grant[] = [
    ...tables.map(({ table }) => ({ role: ROLES.admin, table, privileges: ALL })),
    ...[...tenant, ...shared.map(({ table }) => table)].map((table) => ({ role: ROLES.app, table, privileges: ALL })),
    ...CORE_GRANTS.filter(({ table }) => core.has(table)),
  ];
  const policies: readonly Policy[] = [
    ...tenant.flatMap((table) => [
      { role: ROLES.app, table, rows: bound('workspace_id') },
      { role: ROLES.admin, table, rows: 'true' },
    ]),
    ...CORE_POLICIES.filter(({ table }) => core.has(table)),
  ];
  return [createRoles(), grant(grants), secureRows(policies)].join('\n');
}

function createRoles(): string {
  const names = Object.values(ROLES);
  const list = names.join(', ');
  return `-- Who may do what. The roles belong to the server: all databases share them, and none of them can log in.
DO $sheaf$
DECLARE
  wanted text;
  is_new boolean := current_setting('server_version_num')::integer >= 160000;
BEGIN
  FOREACH wanted IN ARRAY ARRAY[${names.map(literal).join(', ')}] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL; -- Another database of the server was first.
      END;
    END IF;
    -- Taken for a transaction at a time, and not inherited: by itself, the owner of the tables sees no rows either.
    IF NOT pg_has_role(session_user, wanted, CASE WHEN is_new THEN 'SET' ELSE 'MEMBER' END) THEN
      EXECUTE format('GRANT %I TO %I', wanted, session_user) || CASE WHEN is_new THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END;
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION USING ERRCODE = ${literal(ROLES_REFUSED)}, MESSAGE = format(
    '%I may not create the roles that keep workspaces apart, or not take them (%s). Let an administrator of the server run once: %sGRANT ${list} TO %I%s;',
    session_user, SQLERRM,
    (SELECT coalesce(string_agg(format('CREATE ROLE %I NOLOGIN; ', missing), ''), '')
      FROM unnest(ARRAY[${names.map(literal).join(', ')}]) AS missing
      WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = missing)),
    session_user, CASE WHEN is_new THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END
  );
END
$sheaf$;
`;
}

function grant(grants: readonly Grant[]): string {
  const list = Object.values(ROLES).map(literal).join(', ');
  const rows = grants.map(({ role, table, privileges, columns = '' }) => tuple([role, table, privileges, columns]));
  return `-- What each role may do with which tables, their sequences, and the record of the migrations.
DO $sheaf$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT r.role FROM unnest(ARRAY[${list}]) AS r (role)
    WHERE NOT has_schema_privilege(r.role, current_schema(), 'USAGE')
  LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), entry.role);
  END LOOP;
  FOR entry IN
    SELECT g.role, c.relname AS name, p.privilege, g.columns
    FROM (
      VALUES
${rows.join(',\n')}
      UNION ALL
      SELECT r.role, '_prisma_migrations', 'SELECT', ''
      FROM unnest(ARRAY[${list}]) AS r (role)
    ) AS g (role, name, privileges, columns)
    JOIN pg_class c ON c.relname = g.name AND c.relnamespace = quote_ident(current_schema())::regnamespace
    CROSS JOIN unnest(string_to_array(g.privileges, ', ')) AS p (privilege)
    WHERE NOT CASE
      WHEN g.columns = '' THEN has_table_privilege(g.role, c.oid, p.privilege)
      ELSE (
        SELECT bool_and(has_column_privilege(g.role, c.oid, n.name, p.privilege))
        FROM unnest(string_to_array(g.columns, ', ')) AS n (name)
      )
    END
  LOOP
    EXECUTE format(
      'GRANT %s %s ON %I TO %I', entry.privilege, coalesce('(' || nullif(entry.columns, '') || ')', ''), entry.name, entry.role
    );
  END LOOP;
  FOR entry IN
    SELECT r.role, s.relname AS name
    FROM unnest(ARRAY[${list}]) AS r (role)
    JOIN pg_class t ON t.relnamespace = quote_ident(current_schema())::regnamespace AND t.relkind IN ('r', 'p')
    JOIN pg_depend d ON d.refobjid = t.oid AND d.deptype IN ('a', 'i')
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE has_table_privilege(r.role, t.oid, 'INSERT') AND NOT has_sequence_privilege(r.role, s.oid, 'USAGE')
  LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE %I TO %I', entry.name, entry.role);
  END LOOP;
END
$sheaf$;
`;
}

function secureRows(policies: readonly Policy[]): string {
  const rows = policies.map(({ role, table, rows: visible }) => tuple([role, table, visible]));
  return `-- Whoever is bound to a workspace sees and writes its rows and no other; who is bound to none, nothing at all.
DO $sheaf$
DECLARE
  entry record;
BEGIN
  FOR entry IN SELECT wanted.*, c.relrowsecurity, c.relforcerowsecurity, p.policyname IS NOT NULL AS has_policy,
      p.permissive = 'PERMISSIVE' AND p.roles = ARRAY[wanted.role]::name[] AND p.cmd = 'ALL' AND p.qual = wanted.visible
        AND p.with_check = wanted.visible AS is_right
    FROM (VALUES
${rows.join(',\n')}
    ) AS wanted (role, name, visible)
    JOIN pg_class c ON c.relname = wanted.name AND c.relnamespace = quote_ident(current_schema())::regnamespace
    LEFT JOIN pg_policies p
      ON p.schemaname = current_schema() AND p.tablename = wanted.name AND p.policyname = wanted.role
    ORDER BY wanted.name, wanted.role
  LOOP
    IF NOT entry.relrowsecurity THEN
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', entry.name);
    END IF;
    IF NOT entry.relforcerowsecurity THEN
      EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', entry.name);
    END IF;
    IF entry.is_right IS NOT TRUE THEN
      IF entry.has_policy THEN
        EXECUTE format('DROP POLICY %I ON %I', entry.role, entry.name);
      END IF;
      EXECUTE format(
        'CREATE POLICY %I ON %I FOR ALL TO %I USING (%s) WITH CHECK (%s)',
        entry.role, entry.name, entry.role, entry.visible, entry.visible
      );
    END IF;
  END LOOP;
END
$sheaf$;
`;
}

const tuple = (values: readonly string[]): string => `      (${values.map(literal).join(', ')})`;

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
