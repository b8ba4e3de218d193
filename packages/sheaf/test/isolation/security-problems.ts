import { type ComposedModel, ROLES, type SqlExecutor, sql } from '@sheaf/db';

/** Models that belong to no workspace, each with its reason. */
const OF_THE_DEPLOYMENT: Readonly<Record<string, string>> = {
  Workspace: 'is the tenant itself; who works in one sees its row alone',
  Worker: 'is a process, which works for all',
  HostGate: 'paces the requests of all',
};

/** What of the models' tables is not closed on PostgreSQL. */
export async function securityProblems(db: SqlExecutor, models: readonly ComposedModel[]): Promise<string[]> {
  const tables = await db.all<{ name: string; is_enabled: boolean; is_forced: boolean }>(sql`
    SELECT relname AS name, relrowsecurity AS is_enabled, relforcerowsecurity AS is_forced FROM pg_class
    WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'`);
  const policies = await db.all<{ table: string; role: string; visible: string; writable: string }>(sql`
    SELECT p.tablename AS "table", r.role, p.qual AS visible, p.with_check AS writable
    FROM pg_policies p CROSS JOIN unnest(p.roles) AS r (role) WHERE p.schemaname = current_schema()`);
  return models.flatMap(({ name, table, scope }) => {
    if (scope === 'deployment') return OF_THE_DEPLOYMENT[name] ? [] : [`${name} belongs to no workspace`];
    const found = tables.find((one) => one.name === table);
    const forApp = policies.filter((one) => one.table === table && [ROLES.app, 'public'].includes(one.role));
    const bound =
      "(COALESCE(((workspace_id = ( SELECT (NULLIF(current_setting('sheaf.workspace_id'::text, true), ''::text))::integer AS id)))::integer, 0) <> 0)";
    return [
      ...(found?.is_enabled ? [] : [`${name} has no row-level security`]),
      ...(found?.is_forced ? [] : [`${name} lets its owner past row-level security`]),
      ...(forApp.length === 1 ? [] : [`${name} has ${forApp.length} policies for ${ROLES.app}`]),
      ...forApp
        .filter(({ visible, writable }) => visible !== bound || writable !== bound)
        .map(({ visible }) => `${name} shows ${visible}`),
    ];
  });
}
