import { clients } from '@sheaf/client';
import { type AnyPlugin, definePlugin, defineTool, pluginRef, type ToolContext, type ToolMethod } from '@sheaf/core';
import type { Sheaf } from '@sheaf/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestSheaf } from '../../src/index.ts';

const count = z.object({ by: z.int() });
const countTool = (total: () => number) =>
  defineTool({
    summary: 'Count',
    effect: 'write',
    input: count,
    output: z.object({ total: z.int() }),
    async run({ run }: ToolContext<object, object>) {
      await run.open();
      return { total: total() };
    },
  });

type Needs = { readonly counter: { readonly count: ToolMethod<ReturnType<typeof countTool>> } };

describe.each(['sqlite', 'postgresql'] as const)('a tool that calls others, on %s', (provider) => {
  let close: (() => Promise<void>) | undefined;
  afterEach(() => close?.());

  /** A tool that counts twice; `between` is called after the first time. */
  const start = async (between: () => void): Promise<Sheaf> => {
    let total = 0;
    const counter = definePlugin({
      id: 'counter',
      tools: {
        count: countTool(() => {
          total += 1;
          return total;
        }),
      },
    });
    const caller = definePlugin({
      id: 'caller',
      needs: { counter: pluginRef('counter') },
      tools: {
        run: defineTool({
          summary: 'Count twice',
          effect: 'write',
          input: z.object({}),
          output: z.array(z.int()),
          async run({ run, needs, signal }: ToolContext<object, Needs>) {
            await run.open();
            const first = await needs.counter.count({ by: 1 });
            between();
            signal.throwIfAborted();
            const second = await needs.counter.count({ by: 2 });
            return [first.total, second.total];
          },
        }),
      },
    });
    const test = await createTestSheaf({
      provider,
      clients,
      plugins: [counter, caller] as readonly AnyPlugin[] as never,
    });
    close = test.close;
    return test.sheaf as unknown as Sheaf;
  };
  const call = (sheaf: Sheaf, signal?: AbortSignal): Promise<unknown> =>
    sheaf.call({ workspace: 'default', plugin: 'caller', tool: 'run', input: {}, ...(signal ? { signal } : {}) });

  it('does not repeat, when resumed, the calls that had completed', async () => {
    const interruption = new AbortController();
    const sheaf = await start(() => interruption.abort());
    await expect(call(sheaf, interruption.signal)).rejects.toMatchObject({ code: 'engine.canceled' });
    expect(await call(sheaf)).toEqual([1, 2]);
    const { items } = await sheaf.workspace('default').data.runs.page();
    expect(items.map(({ tool, status }) => [tool, status])).toEqual([
      ['counter.count', 'completed'],
      ['counter.count', 'completed'],
      ['caller.run', 'completed'],
    ]);
  });

  it('makes each call anew when it is not resumed, whatever was called before', async () => {
    const sheaf = await start(() => {});
    expect(await call(sheaf)).toEqual([1, 2]);
    expect(await call(sheaf)).toEqual([3, 4]);
  });

  it('does not take what others called before it began for its own', async () => {
    const interruption = new AbortController();
    const sheaf = await start(() => interruption.abort());
    await sheaf.call({ workspace: 'default', plugin: 'counter', tool: 'count', input: { by: 2 } });
    await expect(call(sheaf, interruption.signal)).rejects.toMatchObject({ code: 'engine.canceled' });
    expect(await call(sheaf)).toEqual([2, 3]);
  });
});
