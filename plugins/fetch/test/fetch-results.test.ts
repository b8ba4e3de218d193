import { createId } from '@sheaf/core';
import { sql } from '@sheaf/db';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchResult } from '../src/index.ts';
import { EMPTY_RESULT } from '../src/repositories/fetch-result.ts';
import { type FetchSheaf, fetchSheaf } from './support/fetch-sheaf.ts';

describe.each(['sqlite', 'postgresql'] as const)('fetch results on %s', (provider) => {
  let running: FetchSheaf;
  const statements: string[] = [];
  const workspace = (slug = 'default') => running.sheaf.workspace(slug);
  beforeEach(async () => {
    running = await fetchSheaf(provider, { onStatement: (text) => void statements.push(text) });
  });
  afterEach(() => running.close());

  const documentsOf = async (...names: readonly string[]): Promise<string[]> => {
    const registered = await workspace().data.documents.register(
      names.map((name) => ({ uri: `https://example.com/${name}` })),
      { method: 'cli' },
    );
    return registered.map(({ documentId }) => documentId);
  };
  const openRun = async (): Promise<string> => {
    const { id } = await workspace().data.runs.open({
      tool: 'fetch.run',
      input: {},
      inputDigest: createId(),
      workerId: createId(),
      leaseMs: 60_000,
      resume: false,
    });
    return id;
  };
  const resultOf = (documentId: string, runId: string, more: Partial<FetchResult> = {}): FetchResult => ({
    ...EMPTY_RESULT,
    documentId,
    runId,
    status: 'completed',
    change: 'created',
    attempt: 1,
    fetchedAt: new Date('2026-03-04T05:06:07.089Z'),
    ...more,
  });

  test('come back as they were written', async () => {
    const [documentId = ''] = await documentsOf('a');
    const runId = await openRun();
    const full: FetchResult = {
      documentId,
      runId,
      status: 'completed',
      change: 'updated',
      httpStatus: 200,
      finalUri: 'https://example.com/b',
      canonicalUri: 'https://example.com/c',
      redirects: [{ from: 'https://example.com/a', to: 'https://example.com/b', status: 301, permanent: true }],
      mimeType: 'text/html',
      charset: 'utf-8',
      language: 'en',
      title: 'Título 標題 🪡',
      bytesHash: 'sha256-1',
      textHash: 'sha256-2',
      contentLength: 1234,
      textLength: 567,
      etag: 'W/"x"',
      lastModified: 'Mon, 06 Jan 2025 00:00:00 GMT',
      metadata: { extractor: 'readability', authors: { value: ['A'], source: 'meta' } },
      attempt: 2,
      durationMs: 89,
      errorCode: null,
      errorMessage: null,
      fetchedAt: new Date('2026-03-04T05:06:07.089Z'),
    };
    await workspace().fetch.results.record([full]);
    expect((await workspace().fetch.results.ofRun(runId)).items).toEqual([full]);
    const failed = resultOf(documentId, runId, { status: 'failed', change: null, errorCode: 'web.timeout' });
    await workspace().fetch.results.record([failed]);
    expect((await workspace().fetch.results.ofDocument(documentId)).items).toEqual([failed]);
  });

  test('are cleaned of what PostgreSQL cannot hold, and cut where they are too long', async () => {
    const [documentId = ''] = await documentsOf('a');
    const runId = await openRun();
    const dirty = { title: `a\0b\ud800${'x'.repeat(2_000)}`, metadata: { title: 'a\0b' }, etag: 'e'.repeat(5_000) };
    await workspace().fetch.results.record([resultOf(documentId, runId, dirty)]);
    const [stored] = (await workspace().fetch.results.ofRun(runId)).items;
    expect(stored?.title).toBe(`ab\u{fffd}${'x'.repeat(997)}`);
    expect(stored?.metadata).toEqual({ title: 'ab' });
    expect(stored?.etag).toHaveLength(1_000);
  });

  test('of a run are paged by document, those of a document newest first', async () => {
    const ids = await documentsOf('a', 'b', 'c', 'd', 'e');
    const [first, second] = [await openRun(), await openRun()];
    for (const runId of [first, second]) {
      await workspace().fetch.results.record(
        ids.map((id, index) => resultOf(id, runId, { status: index === 0 ? 'failed' : 'completed' })),
      );
    }
    const { ofRun, ofDocument } = workspace().fetch.results;
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await ofRun(first, { limit: 2, ...(after === undefined ? {} : { after }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ documentId }) => documentId));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual([...ids].sort());
    expect((await ofRun(first, { statuses: ['failed'] })).items.map(({ documentId }) => documentId)).toEqual([ids[0]]);
    const newest = await ofDocument(ids[1] ?? '', { limit: 1 });
    expect(newest.items.map(({ runId }) => runId)).toEqual([second]);
    const older = await ofDocument(ids[1] ?? '', { after: newest.next ?? '' });
    expect(older.items.map(({ runId }) => runId)).toEqual([first]);
    await expect(ofRun(first, { after: 'nonsense' })).rejects.toMatchObject({ code: 'db.invalid-cursor' });
  });

  test('are counted by status, change and error', async () => {
    const ids = await documentsOf('a', 'b', 'c', 'd');
    const runId = await openRun();
    const rows: Partial<FetchResult>[] = [
      { contentLength: 100 },
      { contentLength: 50, attempt: 3 },
      { change: 'unchanged', httpStatus: 304, contentLength: 999 },
      { status: 'failed', change: null, errorCode: 'web.timeout', attempt: 4 },
    ];
    await workspace().fetch.results.record(rows.map((row, index) => resultOf(ids[index] ?? '', runId, row)));
    const tally = await workspace().fetch.results.tally(runId);
    expect(tally).toHaveLength(3);
    expect(tally).toEqual(
      expect.arrayContaining([
        { status: 'completed', change: 'created', errorCode: null, count: 2, retried: 2, bytes: 150 },
        { status: 'completed', change: 'unchanged', errorCode: null, count: 1, retried: 0, bytes: 0 },
        { status: 'failed', change: null, errorCode: 'web.timeout', count: 1, retried: 3, bytes: 0 },
      ]),
    );
    expect(await workspace().fetch.results.recordedIn(runId, [...ids.slice(0, 2), createId()])).toEqual(
      new Set(ids.slice(0, 2)),
    );
  });

  describe('that are the newest', () => {
    /** A document that a run has fetched with this text. */
    async function fetched(name: string): Promise<{ readonly id: string; readonly runId: string }> {
      const [id = ''] = await documentsOf(name);
      const runId = await openRun();
      const { data, fetch } = workspace();
      const bytes = await data.contents.stage(new TextEncoder().encode(name));
      await data.contents.record([bytes]);
      const observed = { bytesHash: bytes.hash, textHash: bytes.hash, mimeType: 'text/html', size: 1, title: null };
      await data.documents.recordContent([{ documentId: id, ...observed }], { runId });
      await fetch.results.record([
        resultOf(id, runId, { etag: `"${name}"`, bytesHash: bytes.hash, textHash: bytes.hash }),
      ]);
      const stage = { documentId: id, stage: 'fetch', status: 'completed', runId } as const;
      await data.stages.set([{ ...stage, inputHash: 'in', configHash: 'config' }]);
      return { id, runId };
    }

    test('are found through the stages, by one statement', async () => {
      const [a, b] = [await fetched('a'), await fetched('b')];
      const [unfetched = ''] = await documentsOf('c');
      statements.length = 0;
      const latest = await workspace().fetch.results.latestOf([a.id, b.id, unfetched]);
      expect(statements).toHaveLength(1);
      expect([...latest.keys()].sort()).toEqual([a.id, b.id].sort());
      expect(latest.get(a.id)).toMatchObject({
        runId: a.runId,
        etag: '"a"',
        inputHash: 'in',
        configHash: 'config',
        isCurrent: true,
      });
    });

    test('are not those of a fetch that failed', async () => {
      const { id } = await fetched('a');
      const runId = await openRun();
      await workspace().fetch.results.record([resultOf(id, runId, { status: 'failed', change: null })]);
      await workspace().data.stages.set([{ documentId: id, stage: 'fetch', status: 'failed', runId }]);
      expect(await workspace().fetch.results.latestOf([id])).toEqual(new Map());
    });

    test('are not current for a document that is gone', async () => {
      const { id, runId } = await fetched('a');
      await workspace().data.documents.markGone([id], { runId });
      expect((await workspace().fetch.results.latestOf([id])).get(id)?.isCurrent).toBe(false);
    });

    test('are not current for a document that holds something else now', async () => {
      const { id, runId } = await fetched('a');
      const { data } = workspace();
      const bytes = await data.contents.stage(new TextEncoder().encode('other'));
      await data.contents.record([bytes]);
      const observed = { bytesHash: bytes.hash, textHash: bytes.hash, mimeType: null, size: 5, title: null };
      await data.documents.recordContent([{ documentId: id, ...observed }], { runId });
      expect((await workspace().fetch.results.latestOf([id])).get(id)?.isCurrent).toBe(false);
    });
  });

  test('of another workspace are not seen', async () => {
    const [documentId = ''] = await documentsOf('a');
    const runId = await openRun();
    await workspace().fetch.results.record([resultOf(documentId, runId)]);
    await running.sheaf.workspaces.create({ slug: 'other', name: 'Other' });
    const other = workspace('other').fetch.results;
    expect((await other.ofRun(runId)).items).toEqual([]);
    expect((await other.ofDocument(documentId)).items).toEqual([]);
    expect(await other.tally(runId)).toEqual([]);
    expect(await other.recordedIn(runId, [documentId])).toEqual(new Set());
    expect(await running.sheaf.connection.sql.one(sql`SELECT count(*) AS n FROM fetch_results`)).toMatchObject({
      n: 1,
    });
  });
});
