import { type Connection, composeIsolation } from '@sheaf/db';

/**
 * Makes tables with rows of workspaces, as the migration of a plugin and the composed extras would.
 *
 * @param tables CREATE TABLE statements by the tables' names.
 */
export async function createPluginTables(
  { provider, runScript }: Pick<Connection<unknown>, 'provider' | 'runScript'>,
  tables: Readonly<Record<string, string>>,
): Promise<void> {
  await runScript(async ({ exec }) => {
    for (const statement of Object.values(tables)) await exec(statement);
    if (provider === 'sqlite') return;
    await exec(composeIsolation(Object.keys(tables).map((table) => ({ owner: 'test', table, scope: 'workspace' }))));
  });
}
