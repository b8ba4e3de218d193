import { clients } from '@sheaf/client';
import { createId } from '@sheaf/core';
import type { SettledStep } from '@sheaf/engine';
import { type OpenedData, openTestData } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FetchAccess, type FetchResult, fetchErrors } from '../src/index.ts';
import { EMPTY_RESULT } from '../src/repositories/fetch-result.ts';
import { createFetchResultRepository } from '../src/repositories/fetch-result-repository.ts';
import type { Fetched } from '../src/step/fetched.ts';
import { saveFetched } from '../src/step/save-fetched.ts';

describe.each(['sqlite', 'postgresql'] as const)('writing what was fetched on %s', (provider) => {
  let opened: OpenedData;
  const statements: string[] = [];

  beforeEach(async () => {
    opened = await openTestData({
      provider,
      clients,
      registry: { stages: [{ name: 'fetch', startsPending: true, plugin: 'fetch' }] } as never,
      onStatement: (text) => void statements.push(text),
    });
  });
  afterEach(() => opened.close());

  /** One step of each kind, again and again. */
  async function settledSteps(count: number, runId: string): Promise<SettledStep<Fetched>[]> {
    const data = await opened.repositories();
    const registered = await data.documents.register(
      Array.from({ length: count }, (_, index) => ({ uri: `https://example.com/${runId}/${index}` })),
      { method: 'crawl' },
    );
    const facts = { ...EMPTY_RESULT, fetchedAt: new Date() };
    return Promise.all(
      registered.map(async ({ documentId, uri }, index): Promise<SettledStep<Fetched>> => {
        const step = { documentId, uri, attempt: 1, runId, stepId: createId(), claimToken: createId() } as never;
        if (index % 5 === 0) {
          const error = fetchErrors.create('http-error', { url: uri, status: 404 });
          return { step, status: 'failed', error, value: { kind: 'failed', facts, isGone: true } };
        }
        if (index % 5 === 1) {
          const error = fetchErrors.create('unsupported-scheme', { url: uri });
          return { step, status: 'skipped', value: { kind: 'skipped', facts, error } };
        }
        const hashes = { inputHash: `in-${index}`, configHash: 'config' };
        const bytes = await data.contents.stage(new TextEncoder().encode(`${runId} ${index}`));
        const observed = { bytesHash: bytes.hash, textHash: bytes.hash, mimeType: 'text/html', size: 1, title: null };
        const artifacts = [{ ...hashes, kind: 'markdown', contentHash: bytes.hash }];
        const alias =
          index % 5 === 2
            ? {
                canonicalUri: `${uri}/new`,
                aliases: [uri],
                kind: 'redirect' as const,
                isMerge: false,
                isTargetGone: false,
              }
            : undefined;
        const value: Fetched = { kind: 'content', facts, hashes, observed, staged: [bytes], artifacts, alias };
        return { step, status: 'completed', value };
      }),
    );
  }

  async function openRun(): Promise<string> {
    const { id } = await (await opened.repositories()).runs.open({
      tool: 'fetch.run',
      input: {},
      inputDigest: createId(),
      workerId: createId(),
      leaseMs: 60_000,
      resume: false,
    });
    return id;
  }

  async function save(runId: string, settled: readonly SettledStep<Fetched>[]): Promise<readonly FetchResult[]> {
    const scope = await opened.scope();
    await scope.transaction((inner) => {
      const repositories = { results: createFetchResultRepository(inner) };
      const access = { repositories, needs: { data: opened.within(inner) } } as unknown as FetchAccess;
      return saveFetched(access, { runId, settled, now: new Date(0) });
    });
    return (await createFetchResultRepository(scope).ofRun(runId, { limit: 1_000 })).items;
  }

  async function statementsFor(count: number): Promise<number> {
    const runId = await openRun();
    const settled = await settledSteps(count, runId);
    statements.length = 0;
    expect(await save(runId, settled)).toHaveLength(count);
    return statements.length;
  }

  test('takes hardly more statements for many documents than for a few', async () => {
    const few = await statementsFor(5);
    // Bytes that the database keeps go to it in portions.
    expect(await statementsFor(200)).toBeLessThanOrEqual(few + 4);
  });

  test('keeps of each step what it has ended with', async () => {
    const runId = await openRun();
    const results = await save(runId, await settledSteps(5, runId));
    expect(results.map(({ status, change, errorCode }) => [status, change, errorCode])).toEqual([
      ['failed', 'gone', 'fetch.http-error'],
      ['skipped', null, 'fetch.unsupported-scheme'],
      ['completed', 'created', null],
      ['completed', 'created', null],
      ['completed', 'created', null],
    ]);
  });

  test('a handler that crashed leaves a failed result', async () => {
    const runId = await openRun();
    const [{ step } = { step: undefined as never }] = await settledSteps(1, runId);
    const error = fetchErrors.create('extraction-failed', { url: 'x', reason: 'crashed' });
    expect(await save(runId, [{ step, status: 'failed', error }])).toMatchObject([
      { status: 'failed', errorCode: 'fetch.extraction-failed', fetchedAt: new Date(0) },
    ]);
  });
});
