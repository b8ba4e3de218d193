import { describe, expect, it } from 'vitest';
import {
  type AnyPlugin,
  buildGraph,
  definePlugin,
  type PluginRef,
  pluginRef,
  type StartedPlugins,
  silentLogger,
  startPlugins,
  systemClock,
} from '../src/index.ts';

const baseRef: PluginRef<'base', object, { readonly word: string }> = pluginRef('base');

function start(plugins: AnyPlugin[], startTimeoutMs = 5_000): Promise<StartedPlugins> {
  return startPlugins({ graph: buildGraph(plugins), clock: systemClock, log: silentLogger, startTimeoutMs });
}

function recorder(): { log: string[]; base: AnyPlugin; top: AnyPlugin } {
  const log: string[] = [];
  const base = definePlugin({
    id: 'base',
    setup: () => {
      log.push('start base');
      return { word: 'hello' };
    },
    stop: () => void log.push('stop base'),
  });
  const top = definePlugin({
    id: 'top',
    needs: { base: baseRef },
    setup: ({ needs }) => {
      log.push(`start top with ${needs.base.word}`);
      return {};
    },
    stop: () => void log.push('stop top'),
  });
  return { log, base, top };
}

describe('startPlugins', () => {
  it('starts in dependency order with the services needed, and stops in reverse', async () => {
    const { log, base, top } = recorder();
    const started = await start([top, base]);
    await started.stop();
    await started.stop();
    expect(log).toEqual(['start base', 'start top with hello', 'stop top', 'stop base']);
  });

  it('stops what had started when one fails, and names the one', async () => {
    const { log, base } = recorder();
    const broken = definePlugin({
      id: 'broken',
      needs: { base: baseRef },
      setup: (): object => {
        throw new Error('no licence');
      },
    });
    await expect(start([base, broken])).rejects.toMatchObject({
      code: 'plugin.start-failed',
      message: 'The plugin "broken" did not start: no licence',
      cause: expect.objectContaining({ message: 'no licence' }),
    });
    expect(log).toEqual(['start base', 'stop base']);
  });

  it('gives up on a setup that takes too long, and stops its service when it arrives late', async () => {
    let isStopped = false;
    const { promise, resolve } = Promise.withResolvers<object>();
    const slow = definePlugin({
      id: 'slow',
      setup: () => promise,
      stop: () => {
        isStopped = true;
      },
    });
    await expect(start([slow], 20)).rejects.toMatchObject({ code: 'plugin.start-timeout' });
    resolve({});
    await expect.poll(() => isStopped).toBe(true);
  });

  it('stops all plugins even if one refuses, and says which', async () => {
    const { log, base } = recorder();
    const stubborn = definePlugin({
      id: 'stubborn',
      needs: { base: baseRef },
      stop: () => {
        throw new Error('busy');
      },
    });
    const started = await start([base, stubborn]);
    await expect(started.stop()).rejects.toMatchObject({
      code: 'plugin.stop-failed',
      details: { plugins: ['stubborn'] },
    });
    expect(log).toEqual(['start base', 'stop base']);
  });
});
