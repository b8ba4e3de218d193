import {
  type AnyPlugin,
  buildGraph,
  createId,
  definePlugin,
  type PluginGraph,
  silentLogger,
  startPlugins,
  systemClock,
  type WorkspaceIdentity,
} from '@sheaf/core';
import {
  connect,
  createDatabaseByteStore,
  createScope,
  createTieredByteStore,
  type DataRepositories,
  type DataScope,
  type DataService,
  dataPlugin,
  dbErrors,
  integrityPlugin,
  type PrismaClientPort,
} from '@sheaf/db';
import { bringUpToDate } from './bring-up-to-date.ts';
import { callTool, type NestedCallRequest } from './call-tool.ts';
import { createStepEngine } from './create-step-engine.ts';
import { engineErrors } from './errors.ts';
import { planGraph } from './plan-graph.ts';
import { createPluginAccess } from './plugin-access.ts';
import type { CreateSheafOptions, Sheaf, Workspace } from './sheaf-types.ts';
import type { StepEngine } from './step-engine.ts';
import { createWorkerPresence } from './worker-presence.ts';
import { createWorkspaceProxy } from './workspace-proxy.ts';

/** Milliseconds that a run or a step stays with its worker without being renewed. */
const LEASE_MS = 30_000;
const DEFAULT_WORKSPACE = 'default';
/** The ids of workspaces begin at 1. */
const NO_WORKSPACE = 0;

/**
 * Puts a Sheaf together: opens the database, brings it up to date, checks the plugins as a whole and starts them.
 *
 * @example
 * const sheaf = await createSheaf({ url: '.sheaf/sheaf.db', clients, plugins: [webPlugin(), mapPlugin()] });
 * await sheaf.workspace('default').map.run({ source: 'https://docs.example.com' });
 * await sheaf.close();
 *
 * @throws `plugin.invalid-graph`, `plugin.start-failed`, `plugin.start-timeout`, and the errors of `connect` and of
 *   the migrations.
 */
export async function createSheaf<Client extends PrismaClientPort, const Plugins extends readonly AnyPlugin[]>(
  options: CreateSheafOptions<Client, Plugins>,
): Promise<Sheaf<Plugins>> {
  const { clock = systemClock, log = silentLogger } = options;
  const workerId = createId();
  const engine = createStepEngine({ workerId, log, clock, leaseMs: LEASE_MS });
  const enginePlugin = definePlugin({ id: 'engine', setup: (): StepEngine => engine });
  const listed: readonly AnyPlugin[] = [enginePlugin, ...(options.plugins as readonly AnyPlugin[])];
  // Plugins that do not fit are refused before a database is opened, let alone made.
  planGraph(options.plugins as readonly AnyPlugin[]);
  const connection = await connect({ ...options, onStatement: options.onStatement });
  try {
    const bytes = connection.bytesFolder
      ? createTieredByteStore({
          folder: options.bytesFolder ?? connection.bytesFolder,
          maxDatabaseBytes: options.sqlite?.maxContentBytes,
        })
      : createDatabaseByteStore();
    // A workspace that is made anew under the same name is another one.
    const data = dataPlugin({ connection, bytes, onWorkspaceGone: (slug) => scopes.delete(slug) });
    const migrations = options.migrationsFolder === undefined ? {} : { folder: options.migrationsFolder };
    const integrity = integrityPlugin({ connection, bytes, graph: () => graph, migrations });
    const graph: PluginGraph = buildGraph([data, integrity, ...listed]);
    await bringUpToDate({ connection, ...options });
    const started = await startPlugins({
      graph,
      clock,
      log,
      ...(options.startTimeoutMs === undefined ? {} : { startTimeoutMs: options.startTimeoutMs }),
    });
    const access = createPluginAccess({ plugins: graph.plugins, services: started.services });
    const service = started.services.get('data') as DataService;
    const presence = createWorkerPresence({
      workerId,
      workers: service.workers,
      clock,
      onError: (error) => log.warn('the worker did not check in', { error: String(error) }),
    });
    let isClosed = false;
    const scopes = new Map<string, Promise<DataScope>>();
    const scopeFor = (workspace: WorkspaceIdentity): DataScope =>
      createScope<unknown>({
        session: connection,
        workspace,
        registry: graph,
        bytes: bytes.forWorkspace(workspace.id),
        clock,
      });
    const deploymentScope = (slug: string): DataScope => {
      if (isClosed) throw engineErrors.create('closed', {});
      return scopeFor({ id: NO_WORKSPACE, slug });
    };
    const openScope = async (slug: string): Promise<DataScope> => {
      const found =
        slug === DEFAULT_WORKSPACE ? await service.workspaces.ensure(slug) : await service.workspaces.find(slug);
      if (!found) throw dbErrors.create('unknown-workspace', { slug });
      const scope = scopeFor({ id: found.id, slug: found.slug });
      // A plugin that was switched on later gets its stages for the documents that exist.
      await data.repositories(scope).stages.backfill();
      return scope;
    };
    const scopeOf = (slug: string): Promise<DataScope> => {
      if (isClosed) return Promise.reject(engineErrors.create('closed', {}));
      const known = scopes.get(slug);
      if (known) return known;
      const opening = openScope(slug);
      scopes.set(slug, opening);
      opening.catch(() => scopes.delete(slug));
      return opening;
    };
    const call = async (request: NestedCallRequest): Promise<unknown> => {
      const registered = graph.tools.find((tool) => tool.plugin === request.plugin && tool.name === request.tool);
      if (!registered) {
        throw engineErrors.create('unknown-tool', {
          tool: `${request.plugin}.${request.tool}`,
          known: graph.tools.map((tool) => `${tool.plugin}.${tool.name}`),
        });
      }
      const isForDeployment = registered.tool.scope === 'deployment';
      const scope = isForDeployment ? deploymentScope(request.workspace) : await scopeOf(request.workspace);
      if (registered.tool.effect === 'write' && !isForDeployment) await presence.arrive();
      const repositories: DataRepositories = data.repositories(scope);
      return callTool({
        registered,
        request,
        scope,
        data: repositories,
        access,
        call,
        workerId,
        leaseMs: LEASE_MS,
        clock,
        log,
      });
    };
    return {
      workspace: (slug) =>
        createWorkspaceProxy({
          graph,
          call: (plugin, tool, input, callOptions) => call({ ...callOptions, workspace: slug, plugin, tool, input }),
          repositories: async (plugin) => access(plugin, await scopeOf(slug)).repositories,
        }) as Workspace<Plugins>,
      workspaces: service.workspaces,
      graph,
      call,
      connection,
      engine,
      async close() {
        if (isClosed) return;
        isClosed = true;
        await presence.leave();
        await started.stop();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close().catch(() => {});
    throw error;
  }
}
