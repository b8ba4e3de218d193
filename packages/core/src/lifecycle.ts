import type { Clock, Logger } from './environment.ts';
import type { PluginGraph } from './graph.ts';
import { pluginErrors } from './graph-errors.ts';
import type { AnyPlugin } from './plugin.ts';

export interface StartPluginsOptions {
  readonly graph: PluginGraph;
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds that each plugin's `setup` may take; default 30,000. */
  readonly startTimeoutMs?: number;
}

export interface StartedPlugins {
  /** Each plugin's service by plugin id. */
  readonly services: ReadonlyMap<string, object>;
  /** Stops all plugins, dependents first; every plugin is tried, failures are reported together. */
  stop(): Promise<void>;
}

/**
 * Starts the plugins in dependency order. When one fails, those already started are stopped again.
 *
 * @throws `plugin.start-failed`, `plugin.start-timeout`.
 */
export async function startPlugins(options: StartPluginsOptions): Promise<StartedPlugins> {
  const services = new Map<string, object>();
  const started: AnyPlugin[] = [];
  const stop = async (): Promise<void> => {
    const failures: { plugin: string; error: unknown }[] = [];
    for (const plugin of started.splice(0).reverse()) {
      try {
        await plugin.stop?.(services.get(plugin.id));
      } catch (error) {
        failures.push({ plugin: plugin.id, error });
      }
    }
    if (failures.length > 0) {
      throw pluginErrors.create(
        'stop-failed',
        { plugins: failures.map((failure) => failure.plugin) },
        { cause: new AggregateError(failures.map((failure) => failure.error)) },
      );
    }
  };
  for (const plugin of options.graph.plugins) {
    try {
      services.set(plugin.id, await setUp(plugin, services, options));
      started.push(plugin);
    } catch (error) {
      await stop().catch((stopError: unknown) =>
        options.log.error('plugins did not stop after a failed start', { error: String(stopError) }),
      );
      throw error;
    }
  }
  return { services, stop };
}

async function setUp(
  plugin: AnyPlugin,
  services: ReadonlyMap<string, object>,
  { clock, log, startTimeoutMs = 30_000 }: StartPluginsOptions,
): Promise<object> {
  const needs: Record<string, unknown> = Object.fromEntries(
    Object.entries(plugin.needs as Record<string, { readonly id: string }>).map(([name, ref]) => [
      name,
      services.get(ref.id),
    ]),
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(pluginErrors.create('start-timeout', { plugin: plugin.id, timeoutMs: startTimeoutMs })),
      startTimeoutMs,
    );
  });
  const pending = (async () => plugin.setup({ needs: needs as never, clock, log }))();
  try {
    return await Promise.race([pending, timeout]);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'plugin.start-timeout') {
      // A setup that settles after all must not leave its service running.
      pending.then((service) => plugin.stop?.(service)).catch(() => {});
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw pluginErrors.create('start-failed', { plugin: plugin.id, reason }, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
