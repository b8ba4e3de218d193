import { type Clock, systemClock } from '@sheaf/core';
import { type Connection, createDatabaseByteStore, createDataService, createScope, type DataScope } from '@sheaf/db';
import { fetchPlugin } from '@sheaf/plugin-fetch';
import { mapPlugin } from '@sheaf/plugin-map';

/** What repositories are built from: the workspace `default` with the stages and facets of the first-party plugins. */
export async function openScope(connection: Connection<unknown>, clock: Clock = systemClock): Promise<DataScope> {
  const workspace = await createDataService({ session: connection, clock }).workspaces.ensure('default');
  const plugins = [mapPlugin(), fetchPlugin()];
  return createScope<unknown>({
    session: connection,
    workspace,
    registry: {
      stages: plugins.flatMap(({ stages }) => stages ?? []),
      facets: plugins.flatMap(({ id, facets }) => (facets ?? []).map((facet) => ({ ...facet, plugin: id }))),
    },
    bytes: createDatabaseByteStore().forWorkspace(workspace.id),
    clock,
  });
}
