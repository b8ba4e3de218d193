import { clients } from '@sheaf/client';
import { sql } from '@sheaf/db';
import { createSheaf } from '@sheaf/engine';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { FetchOutput } from '../src/index.ts';
import { closeInAgreement } from './support/consistency.ts';
import { type FetchSheaf, fetchPlugins, fetchSheaf } from './support/fetch-sheaf.ts';
import { page, type StubAnswers, type StubSite, startStubSite } from './support/stub-site.ts';

describe.each(['sqlite', 'postgresql'] as const)('fetch on %s', (provider) => {
  let running: FetchSheaf;
  let site: StubSite;
  const workspace = () => running.sheaf.workspace('default');
  const at = (path: string): string => site.origin + path;
  const serve = (answers: StubAnswers): void => site.serve(answers);
  const register = (...paths: readonly string[]) =>
    workspace().data.documents.register(
      paths.map((path) => ({ uri: at(path) })),
      { method: 'crawl' },
    );
  const found = async (path: string) => {
    const document = await workspace().data.documents.find(at(path));
    if (!document) throw new Error(`There is no document ${path}.`);
    return document;
  };
  const textOf = async (path: string): Promise<string> => {
    const { textHash } = await found(path);
    return new TextDecoder().decode(await workspace().data.contents.read(textHash ?? ''));
  };
  const versionsOf = async (path: string): Promise<string[]> => {
    const { items } = await workspace().data.documents.versions((await found(path)).id);
    return items.map(({ action }) => action).reverse();
  };
  const stageOf = async (path: string) => (await found(path)).stages.fetch;

  beforeEach(async () => {
    [running, site] = await Promise.all([fetchSheaf(provider), startStubSite()]);
    return () => closeInAgreement(running, site);
  });

  test('keeps the bytes, the text, the metadata and a version of a document that waits', async () => {
    const html = page('A page', 'The text of the page.', '<meta name="author" content="Ada">');
    serve({ '/a': { body: html, etag: '"1"', headers: { 'last-modified': 'Mon, 06 Jan 2025 00:00:00 GMT' } } });
    await register('/a');
    const output = await workspace().fetch.run({});
    expect(output).toMatchObject({
      planned: 1,
      completed: 1,
      failed: 0,
      skipped: 0,
      changes: { created: 1, updated: 0, unchanged: 0, restored: 0, gone: 0 },
      bytes: html.length,
      isResumed: false,
    });
    const { data, fetch } = workspace();
    const document = await found('/a');
    expect(document).toMatchObject({
      title: 'A page',
      version: 1,
      mimeType: 'text/html',
      contentLength: html.length,
      stages: { fetch: { status: 'completed', runId: output.runId, errorCode: null } },
      facets: { fetch: { httpStatus: 200, change: 'created', charset: 'utf-8', language: 'en', etag: '"1"' } },
    });
    expect(new TextDecoder().decode(await data.contents.read(document.bytesHash ?? ''))).toBe(html);
    expect(await textOf('/a')).toBe('The text of the page.\n');
    const latest = (await fetch.results.latestOf([document.id])).get(document.id);
    const artifacts = await data.artifacts.ofInput(latest?.inputHash ?? '');
    expect(new Map(artifacts.map(({ kind, contentHash }) => [kind, contentHash])).get('markdown')).toBe(
      document.textHash,
    );
    const metadata = artifacts.find(({ kind }) => kind === 'metadata')?.contentHash ?? '';
    expect(JSON.parse(new TextDecoder().decode(await data.contents.read(metadata)))).toMatchObject({
      authors: { value: ['Ada'], source: 'meta' },
    });
  });

  test('opens no run when nothing waits', async () => {
    const output = await workspace().fetch.run({});
    expect(output).toMatchObject({ runId: null, planned: 0 });
    expect((await workspace().data.runs.page()).items).toEqual([]);
  });

  test('a dry run counts and writes nothing', async () => {
    await register('/a', '/b');
    expect(await workspace().fetch.run({ dryRun: true })).toMatchObject({ runId: null, planned: 2 });
    expect(await workspace().fetch.run({ dryRun: true, limit: 1 })).toMatchObject({ planned: 1 });
    expect(await workspace().fetch.run({ dryRun: true, url: [at('/a'), at('/new')] })).toMatchObject({ planned: 2 });
    expect(await workspace().data.documents.find(at('/new'))).toBeUndefined();
    expect(site.requests).toEqual([]);
    expect((await workspace().data.runs.page()).items).toEqual([]);
  });

  test('does not ask twice for what it has, until it is told to', async () => {
    serve({ '/a': { body: page('A', 'Text.'), etag: '"1"' } });
    await register('/a');
    await workspace().fetch.run({});
    await workspace().fetch.run({});
    expect(site.paths).toEqual(['/a']);
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ changes: { unchanged: 1 }, bytes: 0 });
    expect(site.requests[1]?.headers['if-none-match']).toBe('"1"');
    expect((await found('/a')).facets.fetch).toMatchObject({
      httpStatus: 304,
      change: 'unchanged',
      charset: 'utf-8',
      etag: '"1"',
    });
    // What a 304 has confirmed is asked for under the same conditions again.
    await workspace().fetch.run({ refetch: true });
    expect(site.requests[2]?.headers['if-none-match']).toBe('"1"');
    await workspace().fetch.run({ force: true });
    expect(site.requests[3]?.headers['if-none-match']).toBeUndefined();
    expect(await versionsOf('/a')).toEqual(['created']);
  });

  test('reads anew what another version of the extractor has read', async () => {
    serve({ '/a': { body: page('A', 'Text.'), etag: '"1"' } });
    await register('/a');
    await workspace().fetch.run({});
    await running.sheaf.connection.sql.execute(sql`UPDATE document_stages SET config_hash = 'of-an-older-one'`);
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ changes: { unchanged: 1 } });
    expect(site.requests[1]?.headers['if-none-match']).toBeUndefined();
    await workspace().fetch.run({ refetch: true });
    expect(site.requests[2]?.headers['if-none-match']).toBe('"1"');
  });

  test('makes a version when the text has changed, and none when only the page around it has', async () => {
    const withNonce = (nonce: string, text: string) => page('A', text, `<script nonce="${nonce}"></script>`);
    serve({
      '/a': [{ body: withNonce('1', 'One.') }, { body: withNonce('2', 'One.') }, { body: withNonce('3', 'Two.') }],
    });
    await register('/a');
    const changes: FetchOutput['changes'][] = [];
    for (let round = 0; round < 3; round += 1) changes.push((await workspace().fetch.run({ refetch: true })).changes);
    expect(changes).toMatchObject([{ created: 1 }, { unchanged: 1, updated: 0 }, { updated: 1 }]);
    expect(await versionsOf('/a')).toEqual(['created', 'updated']);
    expect(await textOf('/a')).toBe('Two.\n');
  });

  test('a page that is not found is gone, and is restored when it is back', async () => {
    const body = page('A', 'Text.');
    serve({ '/a': [{ body }, { status: 404 }, { body }] });
    await register('/a');
    await workspace().fetch.run({});
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ failed: 1, changes: { gone: 1 } });
    expect((await found('/a')).goneAt).toBeInstanceOf(Date);
    expect(await stageOf('/a')).toMatchObject({ status: 'failed', errorCode: 'fetch.http-error' });
    // What is gone is left alone unless it is named.
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ planned: 0 });
    expect(await workspace().fetch.run({ url: [at('/a')] })).toMatchObject({ changes: { restored: 1 } });
    expect((await found('/a')).goneAt).toBeNull();
    expect(await versionsOf('/a')).toEqual(['created', 'deleted', 'restored']);
  });

  test('one document’s error stops no other', async () => {
    serve({
      '/good': page('Good', 'Text.'),
      '/binary': { body: Buffer.from('\x7fELF\x02\x01\x01\x00', 'latin1') },
      '/broken.pdf': { body: '%PDF-1.7 nothing', type: 'application/pdf' },
      '/cut': { headers: { 'content-length': '100' }, body: 'short' },
      '/forbidden': { status: 403 },
    });
    await register('/binary', '/broken.pdf', '/missing', '/forbidden', '/good');
    const output = await workspace().fetch.run({});
    expect(output).toMatchObject({ planned: 5, completed: 1, failed: 4 });
    expect(output.errorCounts).toEqual({
      'fetch.unsupported-type': 1,
      'fetch.extraction-failed': 1,
      'fetch.http-error': 2,
    });
    const codes = new Map(output.errors.map(({ uri, code }) => [uri.replace(site.origin, ''), code]));
    expect(Object.fromEntries(codes)).toEqual({
      '/binary': 'fetch.unsupported-type',
      '/broken.pdf': 'fetch.extraction-failed',
      '/missing': 'fetch.http-error',
      '/forbidden': 'fetch.http-error',
    });
    expect((await found('/binary')).facets.fetch).toMatchObject({ httpStatus: 200, mimeType: 'application/x-elf' });
  });

  test('tries again what may heal, and says how often', async () => {
    serve({ '/a': [{ status: 500 }, { status: 502 }, { body: page('A', 'Text.') }] });
    await register('/a');
    expect(await workspace().fetch.run({})).toMatchObject({ completed: 1, failed: 0, retried: 2 });
    expect((await found('/a')).facets.fetch?.attempt).toBe(3);
  });

  test('gives up after the last attempt; what has failed is retried when it is asked for', async () => {
    serve({ '/a': [{ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 }, { body: page('A', 'Text.') }] });
    await register('/a');
    expect(await workspace().fetch.run({})).toMatchObject({ failed: 1, retried: 3 });
    expect(site.requests).toHaveLength(4);
    expect(await workspace().fetch.run({})).toMatchObject({ planned: 0 });
    expect(await workspace().fetch.run({ retryFailed: true })).toMatchObject({ completed: 1 });
  });

  test('waits as long as the site asks', async () => {
    serve({ '/a': [{ status: 429, headers: { 'retry-after': '1' } }, { body: page('A', 'Text.') }] });
    await register('/a');
    const startedAt = performance.now();
    expect(await workspace().fetch.run({})).toMatchObject({ completed: 1, retried: 1 });
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  test('does not wait for an hour', async () => {
    serve({ '/a': { status: 503, headers: { 'retry-after': '3600' } } });
    await register('/a');
    expect(await workspace().fetch.run({})).toMatchObject({ failed: 1, retried: 0 });
  });

  test('skips what robots.txt forbids', async () => {
    serve({
      '/robots.txt': { type: 'text/plain', body: 'User-agent: *\nDisallow: /private' },
      '/a': page('A', 'Text.'),
    });
    await register('/private/a', '/a');
    const output = await workspace().fetch.run({});
    expect(output).toMatchObject({ completed: 1, skipped: 1, errorCounts: { 'web.robots-denied': 1 } });
    expect(await stageOf('/private/a')).toMatchObject({ status: 'skipped', errorCode: 'web.robots-denied' });
    expect(site.paths).toEqual(['/a']);
  });

  test('takes what is named, whatever its status; a new address is registered', async () => {
    serve({ '/a': page('A', 'Text.'), '/b': page('B', 'Text.') });
    await register('/b');
    expect(await workspace().fetch.run({ url: [at('/a#part')] })).toMatchObject({ planned: 1, completed: 1 });
    const { id } = await found('/a');
    await workspace().fetch.run({ ids: [id] });
    await workspace().fetch.run({ url: [id] });
    expect(site.paths).toEqual(['/a', '/a', '/a']);
    const unknown = '00000000-0000-7000-8000-000000000000';
    await expect(workspace().fetch.run({ ids: [unknown] })).rejects.toMatchObject({ code: 'fetch.unknown-document' });
    await expect(workspace().fetch.run({ url: ['file:///etc/passwd'] })).rejects.toMatchObject({
      code: 'fetch.unknown-document',
    });
    await expect(workspace().fetch.run({ url: ['not an address'] })).rejects.toMatchObject({ code: 'web.invalid-url' });
  });

  test('selects by glob, text, domain, status and number', async () => {
    await register('/guide/a', '/guide/b', '/news/a');
    const planned = async (input: Parameters<ReturnType<typeof workspace>['fetch']['run']>[0]) =>
      (await workspace().fetch.run({ ...input, dryRun: true })).planned;
    expect(await planned({ include: ['*/guide/*'] })).toBe(2);
    expect(await planned({ include: ['*/guide/*'], exclude: ['*/b'] })).toBe(1);
    expect(await planned({ contains: '/news/' })).toBe(1);
    expect(await planned({ domain: '127.0.0.1' })).toBe(3);
    expect(await planned({ domain: 'example.com' })).toBe(0);
    expect(await planned({ status: ['failed'] })).toBe(0);
    await workspace().fetch.run({ limit: 2 });
    expect(site.requests).toHaveLength(2);
    expect(await planned({ status: ['pending'] })).toBe(1);
  });

  test('has no more requests at work than it is told', async () => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, 20));
    const paths = Array.from({ length: 9 }, (_, index) => `/${index}`);
    for (const path of paths) serve({ [path]: { body: page('A', path), until: wait() } });
    await register(...paths);
    await workspace().fetch.run({ concurrency: 2 });
    expect(site.peak).toBeLessThanOrEqual(2);
    expect(site.requests).toHaveLength(9);
  });

  test('two at once on one database request no document twice', async () => {
    const paths = Array.from({ length: 30 }, (_, index) => `/${index}`);
    for (const path of paths) serve({ [path]: page('A', path) });
    await register(...paths);
    const second = await createSheaf({ url: running.url, clients, plugins: fetchPlugins() });
    try {
      const outputs = await Promise.all([
        workspace().fetch.run({}),
        second.workspace('default').fetch.run({ limit: 99 }),
      ]);
      expect([...site.paths].sort()).toEqual([...paths].sort());
      expect(outputs.reduce((sum, { completed }) => sum + completed, 0)).toBe(30);
    } finally {
      await second.close();
    }
  });

  test('two that fetch all again at once request no document twice', async () => {
    const paths = Array.from({ length: 30 }, (_, index) => `/${index}`);
    for (const path of paths) serve({ [path]: page('A', path) });
    await register(...paths);
    const second = await createSheaf({ url: running.url, clients, plugins: fetchPlugins() });
    try {
      await Promise.all([
        workspace().fetch.run({ refetch: true }),
        second.workspace('default').fetch.run({ refetch: true, limit: 99 }),
      ]);
      expect([...site.paths].sort()).toEqual([...paths].sort());
    } finally {
      await second.close();
    }
  });

  test('an interrupted run is gone on with, and does nothing twice', async () => {
    const paths = Array.from({ length: 12 }, (_, index) => `/${index}`);
    for (const path of paths) serve({ [path]: { body: page('A', path), etag: '"e"' } });
    await register(...paths);
    // All have been fetched once: of a refetch only the run itself knows what it has done.
    await workspace().fetch.run({});
    site.requests.length = 0;
    const controller = new AbortController();
    const input = { refetch: true, concurrency: 1 };
    serve({ '/5': { body: page('A', '/5'), etag: '"e"', until: new Promise(() => {}) } });
    const interrupted = workspace().fetch.run(input, { signal: controller.signal });
    await vi.waitUntil(() => site.paths.includes('/5'), { timeout: 10_000 });
    controller.abort();
    await expect(interrupted).rejects.toMatchObject({ code: 'engine.canceled' });
    expect(site.requests.length).toBeLessThan(12);
    serve({ '/5': { body: page('A', '/5'), etag: '"e"' } });
    const output = await workspace().fetch.run(input);
    expect(output).toMatchObject({
      planned: 12,
      completed: 12,
      isResumed: true,
      unfinished: 0,
      inProgressElsewhere: 0,
    });
    // The request that the interruption broke off is the only one that was made twice.
    expect([...site.paths].sort()).toEqual([...paths, '/5'].sort());
  });

  test('reports its progress', async () => {
    serve({ '/a': page('A', 'Text.') });
    await register('/a', '/b');
    const seen: unknown[] = [];
    await workspace().fetch.run({}, { onProgress: (progress) => void seen.push(progress) });
    expect(seen).toContainEqual({ phase: 'plan', done: 2 });
    expect(seen.at(-1)).toEqual({ phase: 'fetch', done: 2, total: 2 });
  });

  test('a body larger than the plugin allows is refused', async () => {
    await running.close();
    running = await fetchSheaf(provider, { fetch: { maxBodyBytes: 1_000 } });
    serve({ '/a': page('A', 'x'.repeat(2_000)) });
    await register('/a');
    expect((await workspace().fetch.run({})).errorCounts).toEqual({ 'web.body-too-large': 1 });
  });
});
