import { clients } from '@sheaf/client';
import { type AnyPlugin, defineErrors, definePlugin, defineTool, type ToolContext } from '@sheaf/core';
import { type DataRepositories, dataRef } from '@sheaf/db';
import { createSheaf, type Sheaf } from '@sheaf/engine';
import { createTestSheaf, runFixture, type TestSheaf } from '@sheaf/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type WorkPluginOptions, workErrors, workPlugin } from './work-plugin.ts';

const DOMAIN = 'work.example';
const conflicts = defineErrors('db', { conflict: { message: () => 'deadlock detected', hint: 'Try again.' } });
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

describe.each(['sqlite', 'postgresql'] as const)('the engine on %s', (provider) => {
  async function start(options: WorkPluginOptions = {}): Promise<TestSheaf<readonly AnyPlugin[]>> {
    const test = await createTestSheaf({ provider, clients, plugins: [workPlugin(options)] });
    open.push(test);
    return test as unknown as TestSheaf<readonly AnyPlugin[]>;
  }
  const register = (sheaf: Sheaf, count: number) =>
    sheaf.workspace('default').data.documents.register(
      Array.from({ length: count }, (_, index) => ({ uri: `https://${DOMAIN}/${index}` })),
      { method: 'test' },
    );
  const work = (sheaf: Sheaf, signal?: AbortSignal) =>
    sheaf.call({
      workspace: 'default',
      plugin: 'work',
      tool: 'run',
      input: {},
      ...(signal ? { signal } : {}),
    }) as Promise<Record<string, number | string | boolean>>;
  const stagesOf = (sheaf: Sheaf) => sheaf.workspace('default').data.documents.countsByStage();

  it('works on every planned step and records the run with its counts', async () => {
    const { sheaf } = await start();
    await register(sheaf, 120);
    const result = await work(sheaf);
    expect(result).toMatchObject({ planned: 120, completed: 120, skipped: 0, failed: 0, retried: 0, isResumed: false });
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 120 }]);
    const { runs } = sheaf.workspace('default').data;
    const run = await runs.find(String(result.runId));
    expect(run).toMatchObject({
      tool: 'work.run',
      status: 'completed',
      items: { total: 120, completed: 120, failed: 0, skipped: 0, canceled: 0 },
      output: { completed: 120 },
    });
    expect((await runs.events(String(result.runId))).at(-1)).toMatchObject({ level: 'progress', done: 120 });
  });

  it('tries retryable failures again and gives up on the rest', async () => {
    const attempts = new Map<string, number>();
    const { sheaf } = await start({
      handle: async (uri, attempt) => {
        attempts.set(uri, attempt);
        const number = Number(new URL(uri).pathname.slice(1));
        if (number === 0 && attempt < 3) {
          return { status: 'failed', error: workErrors.create('broken', { uri }, { isRetryable: true }) };
        }
        if (number === 1) throw workErrors.create('broken', { uri });
        if (number === 2) throw workErrors.create('broken', { uri }, { isRetryable: true });
        if (number === 3) throw new Error('a bug');
        if (number === 4) return { status: 'skipped', value: uri };
        return { status: 'completed', value: uri };
      },
    });
    await register(sheaf, 10);
    expect(await work(sheaf)).toMatchObject({ planned: 10, completed: 6, skipped: 1, failed: 3, retried: 4 });
    expect(attempts.get(`https://${DOMAIN}/0`)).toBe(3);
    expect(attempts.get(`https://${DOMAIN}/1`)).toBe(1);
    expect(attempts.get(`https://${DOMAIN}/2`)).toBe(3);
    const { documents } = sheaf.workspace('default').data;
    const failed = await documents.page({ stage: { stage: 'work', statuses: ['failed'] }, orderBy: 'uri' });
    expect(failed.items.map(({ uri, stages }) => [uri, stages.work?.errorCode])).toEqual([
      [`https://${DOMAIN}/1`, 'work.broken'],
      [`https://${DOMAIN}/2`, 'work.broken'],
      [`https://${DOMAIN}/3`, 'engine.step-crashed'],
    ]);
  });

  it('does a transaction again that the database has undone over a conflict, and nothing twice', async () => {
    let writes = 0;
    const handled: string[] = [];
    const { sheaf } = await start({
      handle: async (uri) => {
        handled.push(uri);
        return { status: 'completed', value: uri };
      },
      onSaved: () => {
        writes += 1;
        if (writes <= 2) throw conflicts.create('conflict', undefined, { isRetryable: true });
      },
    });
    await register(sheaf, 10);
    expect(await work(sheaf)).toMatchObject({ completed: 10, failed: 0, retried: 0 });
    expect(new Set(handled).size).toBe(handled.length);
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 10 }]);
  });

  it('ends with the conflict that does not go away', async () => {
    const { sheaf } = await start({
      onSaved: () => {
        throw conflicts.create('conflict', undefined, { isRetryable: true });
      },
    });
    await register(sheaf, 2);
    await expect(work(sheaf)).rejects.toMatchObject({ code: 'db.conflict' });
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'pending', count: 2 }]);
  });

  it('keeps what was done when interrupted, and the next call with the same input goes on', async () => {
    const interruption = new AbortController();
    const handled: string[] = [];
    let isInterrupted = false;
    const { sheaf } = await start({
      concurrency: 2,
      batchSize: 5,
      handle: async (uri, _attempt, signal) => {
        if (handled.length === 20 && !isInterrupted) {
          isInterrupted = true;
          interruption.abort();
        }
        signal.throwIfAborted();
        handled.push(uri);
        return { status: 'completed', value: uri };
      },
    });
    await register(sheaf, 50);
    await expect(work(sheaf, interruption.signal)).rejects.toMatchObject({ code: 'engine.canceled' });
    const { runs } = sheaf.workspace('default').data;
    const [interrupted] = (await runs.page()).items;
    expect(interrupted).toMatchObject({ status: 'running', endedAt: null });
    const result = await work(sheaf);
    expect(result).toMatchObject({ isResumed: true, runId: interrupted?.id });
    expect(handled.toSorted()).toEqual([...new Set(handled)].toSorted());
    expect(handled).toHaveLength(50);
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 50 }]);
    expect((await runs.page()).items).toHaveLength(1);
  });

  it('ends when its run is canceled elsewhere, says so, and leaves the rest pending', async () => {
    let canceling: Promise<boolean> | undefined;
    const { sheaf, url } = await start({
      concurrency: 2,
      batchSize: 5,
      handle: async (uri) => {
        const { runs } = other.workspace('default').data;
        canceling ??= runs.page().then(({ items }) => runs.cancel(items[0]?.id ?? ''));
        await canceling;
        return { status: 'completed', value: uri };
      },
    });
    const other = await createSheaf({ url, clients, plugins: [workPlugin()] });
    open.push(other);
    await register(sheaf, 20);
    await expect(work(sheaf)).rejects.toMatchObject({
      code: 'engine.run-ended',
      details: { status: 'canceled' },
    });
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'pending', count: 20 }]);
    const { runs } = sheaf.workspace('default').data;
    expect((await runs.page()).items).toMatchObject([{ status: 'canceled', items: { total: 20, canceled: 20 } }]);
    expect(await work(sheaf)).toMatchObject({ planned: 20, completed: 20, isResumed: false });
  });

  it('names the cancelation when the tool fails over it', async () => {
    const stumbling = definePlugin({
      id: 'stumbling',
      needs: { data: dataRef },
      tools: {
        run: defineTool({
          summary: 'Plan for a run that has ended',
          effect: 'write',
          input: z.object({}),
          output: z.object({}),
          async run({ run, needs }: ToolContext<object, { readonly data: DataRepositories }>) {
            const { id } = await run.open();
            await needs.data.runs.cancel(id);
            await needs.data.steps.plan({ runId: id, type: 'stumble', steps: [{ unit: 'one' }] });
            return {};
          },
        }),
      },
    });
    const test = await createTestSheaf({ provider, clients, plugins: [stumbling] });
    open.push(test);
    await expect(test.sheaf.workspace('default').stumbling.run({})).rejects.toMatchObject({
      code: 'engine.run-ended',
      cause: { code: 'db.invalid-transition' },
    });
  });

  it('goes on at once after a process was killed, and handles nothing twice with effect', async () => {
    const { sheaf, url } = await start();
    await register(sheaf, 60);
    const worker = runFixture(new URL('../fixtures/slow-worker.ts', import.meta.url), [url]);
    await worker.line(/^settled 2\d$/);
    await worker.kill();
    const started = Date.now();
    const result = await work(sheaf);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(result).toMatchObject({ isResumed: true, failed: 0 });
    expect(Number(result.completed)).toBeLessThanOrEqual(40);
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 60 }]);
    expect(await sheaf.workspace('default').data.runs.find(String(result.runId))).toMatchObject({
      status: 'completed',
      items: { total: 60, completed: 60 },
    });
  });

  it('fails a document that ends every process which works on it, and its stage says so', async () => {
    const { sheaf, url } = await start();
    await register(sheaf, 3);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const worker = runFixture(new URL('../fixtures/dying-worker.ts', import.meta.url), [url, `https://${DOMAIN}/1`]);
      expect((await worker.exited).code).toBe(7);
    }
    expect(await work(sheaf)).toMatchObject({ isResumed: true, failed: 1 });
    const { items } = await sheaf.workspace('default').data.documents.page({ orderBy: 'uri' });
    expect(items.map(({ stages }) => [stages.work?.status, stages.work?.errorCode])).toEqual([
      ['completed', null],
      ['failed', 'engine.worker-lost'],
      ['completed', null],
    ]);
  });

  it('goes on at once with what a process has left that died while this one was there', async () => {
    const { sheaf, url } = await start();
    await work(sheaf);
    await register(sheaf, 3);
    const worker = runFixture(new URL('../fixtures/dying-worker.ts', import.meta.url), [url, `https://${DOMAIN}/1`]);
    expect((await worker.exited).code).toBe(7);
    // Without waiting for the leases of the dead, which hold for half a minute.
    expect(await work(sheaf, AbortSignal.timeout(10_000))).toMatchObject({ isResumed: true, failed: 0 });
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 3 }]);
  });

  it('another invocation takes what an interrupted one has left', async () => {
    const { sheaf } = await start({ concurrency: 1 });
    await register(sheaf, 10);
    const interruption = new AbortController();
    interruption.abort();
    await expect(work(sheaf, interruption.signal)).rejects.toMatchObject({ code: 'engine.canceled' });
    const call = (input: object) => sheaf.call({ workspace: 'default', plugin: 'work', tool: 'run', input });
    expect(await call({ domain: DOMAIN })).toMatchObject({ isResumed: false, planned: 10, completed: 10 });
    expect(await call({})).toMatchObject({ isResumed: true, planned: 0, completed: 0 });
  });

  it('never has two processes handle one document', async () => {
    const { sheaf, url } = await start();
    await register(sheaf, 80);
    const workers = Array.from({ length: 3 }, () =>
      runFixture(new URL('../fixtures/slow-worker.ts', import.meta.url), [url]),
    );
    const exits = await Promise.all(workers.map((worker) => worker.exited));
    expect(exits.map(({ code, errorOutput }) => [code, errorOutput])).toEqual(exits.map(() => [0, '']));
    const handled = exits.flatMap(({ lines }) => lines.filter((line) => line.startsWith('handled ')));
    expect(handled).toHaveLength(80);
    expect(new Set(handled).size).toBe(80);
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'completed', count: 80 }]);
  });

  it('refuses bad input with every problem, and records no run', async () => {
    const { sheaf } = await start();
    await expect(
      sheaf.call({ workspace: 'default', plugin: 'work', tool: 'run', input: { domain: 7 } }),
    ).rejects.toMatchObject({
      code: 'engine.invalid-input',
      details: { problems: [expect.stringMatching(/^domain: /)] },
    });
    expect((await sheaf.workspace('default').data.runs.page()).items).toEqual([]);
  });

  it('refuses output that the tool did not declare, runs of reading tools, and unknown names', async () => {
    const { sheaf } = await start();
    const call = (tool: string, workspace = 'default') => sheaf.call({ workspace, plugin: 'work', tool, input: {} });
    await expect(call('lie')).rejects.toMatchObject({ code: 'engine.invalid-output' });
    await expect(call('peek')).rejects.toMatchObject({ code: 'engine.read-only' });
    await expect(call('sing')).rejects.toMatchObject({ code: 'engine.unknown-tool' });
    await expect(call('run', 'elsewhere')).rejects.toMatchObject({ code: 'db.unknown-workspace' });
  });

  it('keeps workspaces apart', async () => {
    const { sheaf } = await start();
    await sheaf.workspaces.create({ slug: 'other' });
    await register(sheaf, 3);
    await sheaf.call({ workspace: 'other', plugin: 'work', tool: 'run', input: {} });
    expect((await sheaf.workspace('other').data.documents.page()).items).toEqual([]);
    expect((await sheaf.workspace('default').data.runs.page()).items).toEqual([]);
    expect(await stagesOf(sheaf)).toEqual([{ stage: 'work', status: 'pending', count: 3 }]);
  });

  it('gives a plugin that is switched on later its stages for the documents that exist', async () => {
    const { url, sheaf } = await start();
    await register(sheaf, 7);
    const late = definePlugin({ id: 'late', stages: [{ name: 'late', startsPending: true }] });
    const second = await createSheaf({ url, clients, plugins: [workPlugin(), late] });
    open.push(second);
    expect(await second.workspace('default').data.documents.countsByStage()).toEqual(
      expect.arrayContaining([{ stage: 'late', status: 'pending', count: 7 }]),
    );
  });

  it('refuses calls once it is closed', async () => {
    const test = await start();
    await test.sheaf.close();
    await expect(work(test.sheaf)).rejects.toMatchObject({ code: 'engine.closed' });
  });
});

it('refuses plugins that do not fit before it opens a database', async () => {
  const plugins = [definePlugin({ id: 'twin' }), definePlugin({ id: 'twin' })] as readonly AnyPlugin[];
  await expect(createSheaf({ url: '/nonexistent/folder/x.db', clients, plugins })).rejects.toMatchObject({
    code: 'plugin.invalid-graph',
  });
});
