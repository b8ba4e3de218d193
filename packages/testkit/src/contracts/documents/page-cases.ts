import { contentHash } from '@sheaf/core';
import { DOCUMENT_ORDERS, type DocumentOrder, type DocumentView, json, rawSql, sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { type DocumentWorkspace, hold, openDocuments, registered } from '../support/document-rows.ts';
import { runOf } from '../support/run-rows.ts';
import type { DocumentCases } from './document-cases.ts';

export function describePages({ provider, data, clock, statementsOf }: DocumentCases): void {
  /** Documents with ties and gaps in every column. */
  const openMany = async (): Promise<DocumentWorkspace> => {
    const workspace = await openDocuments(data());
    const { documents, runId } = workspace;
    for (let place = 0; place < 23; place += 1) {
      if (place % 4 === 0) clock.advance(1000);
      const host = ['b.example', 'a.example', 'c.example'][place % 3];
      const title = place % 5 === 0 ? null : `Title ${place % 4}`;
      const [entry] = await documents.register([{ uri: `https://${host}/${(place * 7) % 23}`, title }], {
        method: 'cli',
      });
      if (place % 3 === 0) await hold(workspace, entry?.documentId as string, 'x'.repeat(place % 6), { title });
    }
    await documents.markGone([(await documents.page({ limit: 1 })).items[0]?.id as string], { runId });
    return workspace;
  };

  describe('pages', () => {
    it('give every document once, in order, with those without a value last, in both directions', async () => {
      const { documents } = await openMany();
      const all = (await documents.page({ limit: 1000 })).items;
      expect(all).toHaveLength(23);
      for (const orderBy of DOCUMENT_ORDERS) {
        for (const descending of [false, true]) {
          const expected = sorted(all, orderBy, descending);
          for (const limit of [1, 4, 22, 23, 24]) {
            const walked: DocumentView[] = [];
            let after: string | undefined;
            let pages = 0;
            do {
              const page = await documents.page({
                orderBy,
                descending,
                limit,
                ...(after === undefined ? {} : { after }),
              });
              expect(page.items.length).toBeLessThanOrEqual(limit);
              walked.push(...page.items);
              after = page.next;
              pages += 1;
            } while (after !== undefined);
            expect([orderBy, descending, limit, walked.map(({ uri }) => uri)]).toEqual([
              orderBy,
              descending,
              limit,
              expected.map(({ uri }) => uri),
            ]);
            expect(pages).toBe(Math.ceil(23 / limit));
          }
        }
      }
    });

    it('go on by cursor while documents are added and removed', async () => {
      const { documents, runId } = await openDocuments(data());
      const register = (...names: readonly string[]) =>
        documents.register(
          names.map((name) => ({ uri: `https://example.com/${name}` })),
          { method: 'cli' },
        );
      await register('b', 'd', 'f', 'h');
      const first = await documents.page({ orderBy: 'uri', limit: 2 });
      await register('a', 'e', 'i');
      await documents.unite([
        {
          documentId: first.items[1]?.id as string,
          canonicalUri: 'https://example.com/h',
          aliases: ['https://example.com/d'],
          kind: 'redirect',
        },
      ]);
      const rest = await documents.page({ orderBy: 'uri', after: first.next as string });
      expect(rest.items.map(({ uri }) => uri.at(-1))).toEqual(['e', 'f', 'h', 'i']);
      expect(runId).toBeTruthy();
    });

    it('are one statement, whatever the stages and facets', async () => {
      const { documents } = await openMany();
      const cursor = (await documents.page({ limit: 2, orderBy: 'title' })).next as string;
      for (const work of [
        () => documents.page(),
        () => documents.page({ orderBy: 'title', limit: 2, after: cursor, uriContains: 'a' }),
        () => documents.page({ stage: { stage: 'fetch', statuses: ['pending', 'failed'] }, uris: ['x'] }),
        () => documents.identities({ limit: 3 }),
        () => documents.find('https://a.example/1'),
        () => documents.count({ hasError: true }),
      ]) {
        expect(await statementsOf(work)).toHaveLength(1);
      }
    });

    it('show each stage and what its latest run found, in the types of the facet', async () => {
      const workspace = await openDocuments(data());
      const { documents, runs, stages, scope, runId: firstRun } = workspace;
      const [seen = '', other = ''] = await registered(workspace, 'https://example.com/1', 'https://example.com/2');
      const { id: secondRun } = await runs.open(runOf());
      const time = new Date('2025-12-31T23:59:59.999Z');
      for (const [runId, depth, isNew] of [
        [firstRun, 7, false],
        [secondRun, 3, true],
      ] as const) {
        await scope.sql.execute(sql`
          INSERT INTO map_results (workspace_id, document_id, run_id, status, method, depth, is_new, modified_at, created_at, meta)
          VALUES (${scope.workspace.id}, ${seen}, ${runId}, 'completed', 'crawl', ${depth}, ${isNew}, ${time}, ${time},
            ${json({ list: [1, 'zwei', null] })})`);
        await stages.set([{ documentId: seen, stage: 'map', status: 'completed', runId }]);
      }
      await scope.sql.execute(sql`
        INSERT INTO fetch_results (workspace_id, document_id, run_id, status, http_status, fetched_at)
        VALUES (${scope.workspace.id}, ${seen}, ${firstRun}, 'failed', 500, ${time})`);
      await stages.set([
        { documentId: seen, stage: 'fetch', status: 'failed', runId: firstRun, errorCode: 'x', errorMessage: 'y' },
        { documentId: seen, stage: 'elsewhere', status: 'completed', runId: firstRun },
      ]);
      const [view, bare] = (await documents.page()).items;
      expect(view?.facets).toEqual({
        map: { depth: 3, isNew: true, modifiedAt: time, meta: { list: [1, 'zwei', null] } },
        fetch: { httpStatus: 500, fetchedAt: time, redirects: null },
      });
      expect(view?.stages).toMatchObject({
        map: { status: 'completed', runId: secondRun, errorCode: null, updatedAt: clock.now() },
        fetch: { status: 'failed', runId: firstRun, errorCode: 'x', errorMessage: 'y' },
        outline: { status: 'pending', runId: null },
      });
      expect(Object.keys(view?.stages ?? {}).sort()).toEqual(['fetch', 'map', 'outline']);
      expect(bare?.id).toBe(other);
      expect(bare?.facets).toEqual({});
      expect(Object.keys(bare?.stages ?? {}).sort()).toEqual(['fetch', 'outline']);
      expect(await documents.find(seen)).toEqual(view);
    });

    it('keep the latest result while the stage waits to be done again', async () => {
      const workspace = await openDocuments(data());
      const { documents, stages, scope, runId } = workspace;
      const [id = ''] = await registered(workspace, 'https://example.com/');
      await scope.sql.execute(sql`
        INSERT INTO fetch_results (workspace_id, document_id, run_id, status, http_status, fetched_at)
        VALUES (${scope.workspace.id}, ${id}, ${runId}, 'completed', 200, ${clock.now()})`);
      await stages.set([{ documentId: id, stage: 'fetch', status: 'completed', runId }]);
      await stages.set([{ documentId: id, stage: 'fetch', status: 'pending' }]);
      expect(await documents.find(id)).toMatchObject({
        stages: { fetch: { status: 'pending', runId } },
        facets: { fetch: { httpStatus: 200 } },
      });
    });

    it('refuse cursors that are not theirs, with what is wrong', async () => {
      const { documents } = await openMany();
      const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const byTitle = (await documents.page({ orderBy: 'title', limit: 1 })).next as string;
      const wrong = [
        { after: 'not a cursor' },
        { after: '' },
        { after: encode({}) },
        { after: encode(['id', 'asc', 'a']) },
        { after: byTitle },
        { orderBy: 'title', descending: true, after: byTitle },
        { orderBy: 'length', after: encode(['length', 'asc', '12', 'id']) },
        { orderBy: 'length', after: encode(['length', 'asc', 1.5, 'id']) },
        { orderBy: 'changed', after: encode(['changed', 'asc', 'yesterday', 'id']) },
        { orderBy: 'lastSeen', after: encode(['lastSeen', 'asc', null, 'id']) },
        { orderBy: 'title', after: encode(['title', 'asc', 'a\0', 'id']) },
        { orderBy: 'title', after: encode(['title', 'asc', 'a', 7]) },
      ] as const;
      for (const query of wrong) {
        await expect(documents.page(query)).rejects.toMatchObject({ code: 'db.invalid-cursor' });
      }
    });

    it('refuse an order that does not exist, and limits beyond 1 to 1,000', async () => {
      const { documents } = await openDocuments(data());
      for (const orderBy of ['uri; DROP TABLE documents', 'constructor', 'first_seen_at']) {
        await expect(documents.page({ orderBy: orderBy as DocumentOrder })).rejects.toMatchObject({
          code: 'db.unknown-column',
        });
      }
      for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
        await expect(documents.page({ limit })).rejects.toMatchObject({ code: 'db.invalid-limit' });
        await expect(documents.identities({ limit })).rejects.toMatchObject({ code: 'db.invalid-limit' });
      }
      expect(await documents.page({ limit: 1000 })).toEqual({ items: [] });
    });

    it('of identities are the pages of documents by id', async () => {
      const { documents } = await openMany();
      const query = { limit: 5, domain: 'b.example' };
      const first = await documents.identities(query);
      const views = await documents.page(query);
      expect(first.items).toEqual(views.items.map(({ id, uri }) => ({ id, uri })));
      expect(first.next).toBe(views.next);
      const second = await documents.identities({ ...query, after: first.next as string });
      expect(second.items.map(({ id }) => id)).toEqual(
        (await documents.page({ ...query, after: first.next as string })).items.map(({ id }) => id),
      );
    });

    // PostgreSQL reads tables of this size as a whole, and rightly.
    if (provider !== 'postgresql')
      it('are found by index, not by reading whole tables', async () => {
        const { documents, scope } = await openMany();
        const after = (await documents.page({ limit: 1 })).next as string;
        for (const query of [
          { after },
          { orderBy: 'uri' },
          { orderBy: 'changed', descending: true },
          { domain: 'a.example' },
          { stage: { stage: 'fetch', statuses: ['pending', 'stale'] }, after },
          { uris: ['https://a.example/1'] },
          { ids: ['x'] },
          { hasError: true },
          { hasError: false },
          { errorCode: 'x' },
          { sourceId: 'x' },
        ] as const) {
          const [text = ''] = await statementsOf(() => documents.page(query));
          const plan = await scope.sql.all<{ readonly detail: string }>(
            rawSql(`EXPLAIN QUERY PLAN ${text.replaceAll('?', "'1'")}`),
          );
          const details = plan.map(({ detail }) => detail);
          const scans = details.filter((detail) =>
            /^SCAN (d|s|f|u|x|documents|document_\w+)\d?\b|AUTOMATIC/.test(detail),
          );
          expect([query, scans]).toEqual([query, []]);
          // A search by the workspace alone reads all of it, which is right for what gives the order only.
          const whole = details.filter((detail) => /^SEARCH (s|f|x|u)\d? .*\(workspace_id=\?\)/.test(detail));
          const isSorted = details.some((detail) => detail.includes('TEMP B-TREE FOR ORDER BY'));
          const isChosen = details.some((detail) => detail.startsWith('SCAN chosen'));
          expect([query, isSorted && !isChosen]).toEqual([query, false]);
          expect([query, whole]).toEqual([query, []]);
        }
      });
  });

  describe('finding', () => {
    it('takes an id, the canonical URI or an alias, and gives undefined for anything else', async () => {
      const workspace = await openDocuments(data());
      const { documents } = workspace;
      const [id = ''] = await registered(workspace, 'https://example.com/a');
      await documents.unite([
        { documentId: id, canonicalUri: 'https://example.com/b', aliases: [], kind: 'rel-canonical' },
      ]);
      for (const name of [id, 'https://example.com/a', 'https://example.com/b']) {
        expect((await documents.find(name))?.id).toBe(id);
      }
      for (const name of [
        '',
        'a\0b',
        '\ud800',
        'https://example.com/',
        id.slice(1),
        contentHash('https://example.com/a'),
      ]) {
        expect(await documents.find(name)).toBeUndefined();
      }
    });
  });
}

const VALUES: Readonly<Record<DocumentOrder, (view: DocumentView) => string | number | Date | null>> = {
  id: ({ id }) => id,
  uri: ({ uri }) => uri,
  domain: ({ domain }) => domain,
  title: ({ title }) => title,
  length: ({ contentLength }) => contentLength,
  firstSeen: ({ firstSeenAt }) => firstSeenAt,
  lastSeen: ({ lastSeenAt }) => lastSeenAt,
  changed: ({ changedAt }) => changedAt,
};

function sorted(views: readonly DocumentView[], orderBy: DocumentOrder, descending: boolean): readonly DocumentView[] {
  const compare = (a: string | number | Date, b: string | number | Date) => (a < b ? -1 : a > b ? 1 : 0);
  const sign = descending ? -1 : 1;
  return [...views].sort((a, b) => {
    const [left, right] = [VALUES[orderBy](a), VALUES[orderBy](b)];
    if ((left === null) !== (right === null)) return left === null ? 1 : -1;
    const order = left === null || right === null ? 0 : compare(left, right);
    return sign * (order || compare(a.id, b.id));
  });
}
