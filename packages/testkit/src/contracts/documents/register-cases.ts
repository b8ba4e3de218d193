import { contentHash, createId } from '@sheaf/core';
import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { expectSound, hold, openDocuments, registered, snapshot, without } from '../support/document-rows.ts';
import { createRandom, shuffled, split } from '../support/random.ts';
import type { DocumentCases } from './document-cases.ts';

export function describeRegistration({ data, clock, statementsOf }: DocumentCases): void {
  describe('registering', () => {
    it('makes documents with their canonical URI, their source and their pending stages', async () => {
      const { documents, source, runId } = await openDocuments(data());
      const uri = 'https://Docs.Example.com:8443/guide?page=2';
      const [entry] = await documents.register([{ uri, title: ' Guide ', foundAt: 'https://docs.example.com/' }], {
        sourceId: source.id,
        method: 'sitemap',
        runId,
      });
      expect(entry).toMatchObject({ uri, isNew: true });
      const id = entry?.documentId as string;
      const pending = { status: 'pending', runId: null, errorCode: null, errorMessage: null, updatedAt: clock.now() };
      expect(await documents.find(id)).toEqual({
        id,
        uri,
        domain: 'docs.example.com',
        title: 'Guide',
        version: 0,
        bytesHash: null,
        textHash: null,
        mimeType: null,
        contentLength: null,
        firstSeenAt: clock.now(),
        lastSeenAt: clock.now(),
        changedAt: null,
        goneAt: null,
        meta: null,
        stages: { fetch: pending, outline: pending },
        facets: {},
      });
      expect(await documents.uris(id)).toEqual([{ uri, kind: 'canonical', createdAt: clock.now() }]);
      expect(await documents.sources(id)).toEqual([
        {
          sourceId: source.id,
          sourceUri: 'https://example.com/',
          method: 'sitemap',
          foundAt: 'https://docs.example.com/',
          firstSeenAt: clock.now(),
          lastSeenAt: clock.now(),
          goneAt: null,
        },
      ]);
    });

    it('gives one entry per candidate, in order, and counts a document as new once', async () => {
      const { documents } = await openDocuments(data());
      await documents.register([{ uri: 'https://example.com/known' }], { method: 'cli' });
      const uris = [
        'https://example.com/b',
        'https://example.com/known',
        'https://example.com/a',
        'https://example.com/b',
      ];
      const entries = await documents.register(
        uris.map((uri) => ({ uri })),
        { method: 'cli' },
      );
      expect(entries.map(({ uri }) => uri)).toEqual(uris);
      expect(entries.map(({ isNew }) => isNew)).toEqual([true, false, true, false]);
      expect(entries[3]?.documentId).toBe(entries[0]?.documentId);
      expect(new Set(entries.map(({ documentId }) => documentId)).size).toBe(3);
    });

    it('gives new documents ids in the order in which they were found', async () => {
      const workspace = await openDocuments(data());
      const names = shuffled(
        Array.from({ length: 40 }, (_, place) => `https://example.com/${place}`),
        createRandom(3),
      );
      const ids = [
        ...(await registered(workspace, ...names.slice(0, 25))),
        ...(await registered(workspace, ...names.slice(20))).slice(5),
      ];
      expect(ids).toEqual([...ids].sort());
      expect((await workspace.documents.identities()).items.map(({ uri }) => uri)).toEqual(names);
    });

    it('tells URIs apart by each character', async () => {
      const workspace = await openDocuments(data());
      const ids = await registered(
        workspace,
        'https://example.com/A',
        'https://example.com/a',
        'https://example.com/a/',
      );
      expect(new Set(ids).size).toBe(3);
    });

    it('changes nothing but lastSeenAt when the same batch comes twice', async () => {
      const { documents, source, runId, scope } = await openDocuments(data());
      const batch = ['a', 'b', 'c'].map((name) => ({ uri: `https://example.com/${name}`, title: name, foundAt: 'x' }));
      const options = { sourceId: source.id, method: 'crawl', runId };
      const first = await documents.register(batch, options);
      const before = await snapshot(scope);
      const later = clock.advance(60_000);
      const second = await documents.register(batch, options);
      expect(second.map(({ documentId }) => documentId)).toEqual(first.map(({ documentId }) => documentId));
      expect(second.some(({ isNew }) => isNew)).toBe(false);
      const after = await snapshot(scope);
      expect(without(after, 'last_seen_at')).toEqual(without(before, 'last_seen_at'));
      for (const row of [...after.documents, ...after.document_sources]) expect(row.last_seen_at).toEqual(later);
    });

    it('never moves lastSeenAt back', async () => {
      const workspace = await openDocuments(data());
      const [id = ''] = await registered(workspace, 'https://example.com/');
      const seen = clock.now();
      clock.set('2020-01-01T00:00:00.000Z');
      await registered(workspace, 'https://example.com/');
      expect((await workspace.documents.find(id))?.lastSeenAt).toEqual(seen);
      expect((await workspace.documents.sources(id))[0]?.lastSeenAt).toEqual(seen);
    });

    it('gives the same documents for every order and splitting of the candidates', async () => {
      const found = Array.from({ length: 12 }, (_, place) => `https://example.com/${place % 9}`);
      const outcome = async (slug: string, parts: readonly (readonly string[])[]) => {
        const workspace = await openDocuments(data(), slug);
        for (const part of parts) {
          await workspace.documents.register(
            part.map((uri) => ({ uri, title: `Page ${uri}`, foundAt: 'https://example.com/map' })),
            { sourceId: workspace.source.id, method: 'crawl' },
          );
        }
        await expectSound(workspace.scope);
        return Object.entries(
          without(await snapshot(workspace.scope), 'workspace_id', 'id', 'document_id', 'source_id'),
        )
          .filter(([table]) => table.startsWith('document'))
          .map(([table, rows]) => [table, rows.map((row) => JSON.stringify(row)).sort()]);
      };
      const expected = await outcome('whole', [found]);
      for (let seed = 1; seed <= 8; seed += 1) {
        const random = createRandom(seed);
        expect(await outcome(`seed-${seed}`, split(shuffled(found, random), random))).toEqual(expected);
      }
    });

    it('fills a title that is missing and keeps one that is there', async () => {
      const { documents } = await openDocuments(data());
      const uri = 'https://example.com/';
      const titled = async (title: string | null) => {
        await documents.register([{ uri, title }], { method: 'cli' });
        return (await documents.find(uri))?.title;
      };
      expect(await titled('  ')).toBeNull();
      expect(await titled('First')).toBe('First');
      expect(await titled('Second')).toBe('First');
      expect(await titled(null)).toBe('First');
    });

    it('cleans NUL and broken UTF-16 from titles and cuts them at 1,000 characters', async () => {
      const { documents } = await openDocuments(data());
      await documents.register(
        [
          { uri: 'https://example.com/nul', title: 'a\0b\ud800c' },
          { uri: 'https://example.com/long', title: `${'x'.repeat(999)}😀 tail` },
        ],
        { method: 'cli' },
      );
      expect((await documents.find('https://example.com/nul'))?.title).toBe('ab\ufffdc');
      expect((await documents.find('https://example.com/long'))?.title).toBe('x'.repeat(999));
    });

    it('keeps URIs of 8,192 characters and refuses longer and empty ones as a whole batch', async () => {
      const { documents } = await openDocuments(data());
      const longest = `https://example.com/${'é'.repeat(8_192 - 20)}`;
      expect(longest).toHaveLength(8_192);
      await documents.register([{ uri: longest }], { method: 'cli' });
      expect((await documents.find(longest))?.uri).toBe(longest);
      for (const uri of [`${longest}x`, '']) {
        await expect(
          documents.register([{ uri: 'https://example.com/fine' }, { uri }], { method: 'cli' }),
        ).rejects.toMatchObject({ code: 'db.invalid-uri' });
      }
      expect(await documents.count()).toBe(1);
    });

    it('takes the domain from web addresses alone', async () => {
      const { documents } = await openDocuments(data());
      const domains = {
        'http://EXAMPLE.com': 'example.com',
        'https://bücher.example:444/x': 'xn--bcher-kva.example',
        'http://[2001:DB8::1]:80/': '[2001:db8::1]',
        'file:///srv/docs/a.md': '',
        'cms://shop/articles/7': '',
        'https://': '',
      };
      for (const [uri, domain] of Object.entries(domains)) {
        await documents.register([{ uri }], { method: 'cli' });
        expect([uri, (await documents.find(uri))?.domain]).toEqual([uri, domain]);
      }
    });

    it('keeps how a source named a document first, and which run saw it last', async () => {
      const { documents, source, runId, scope } = await openDocuments(data());
      const uri = 'https://example.com/';
      const see = (method: string, rest: { readonly foundAt?: string; readonly runId?: string }) =>
        documents.register([{ uri, foundAt: rest.foundAt ?? null }], {
          sourceId: source.id,
          method,
          ...(rest.runId === undefined ? {} : { runId: rest.runId }),
        });
      await see('crawl', { runId });
      clock.advance(1000);
      await see('sitemap', { foundAt: 'https://example.com/sitemap.xml', runId: 'run-2' });
      await see('cli', { foundAt: 'elsewhere' });
      const [row] = (await snapshot(scope)).document_sources;
      expect(row).toMatchObject({ method: 'crawl', found_at: 'https://example.com/sitemap.xml', run_id: 'run-2' });
    });

    it('ties one document to each of its sources', async () => {
      const workspace = await openDocuments(data());
      const feed = await workspace.sources.ensure({ kind: 'feed', uri: 'https://example.com/feed.xml' });
      const [id = ''] = await registered(workspace, 'https://example.com/post');
      await workspace.documents.register([{ uri: 'https://example.com/post' }], { sourceId: feed.id, method: 'feed' });
      expect((await workspace.documents.sources(id)).map(({ sourceId }) => sourceId)).toEqual(
        [workspace.source.id, feed.id].sort(),
      );
    });

    it('registers nothing when the source is unknown', async () => {
      const { documents } = await openDocuments(data());
      await expect(
        documents.register([{ uri: 'https://example.com/' }], { sourceId: createId(), method: 'crawl' }),
      ).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
      expect(await documents.count()).toBe(0);
    });

    it('brings back a document that was gone, to be fetched again', async () => {
      const workspace = await openDocuments(data());
      const { documents, stages, runId } = workspace;
      const [id = ''] = await registered(workspace, 'https://example.com/');
      await hold(workspace, id, 'text');
      await stages.set([
        { documentId: id, stage: 'fetch', status: 'failed', runId, errorCode: 'fetch.gone', errorMessage: '404' },
        { documentId: id, stage: 'outline', status: 'completed', runId },
      ]);
      await documents.markGone([id], { runId });
      expect((await documents.find(id))?.goneAt).toEqual(clock.now());
      const later = clock.advance(1000);
      await registered(workspace, 'https://example.com/');
      const found = await documents.find(id);
      expect(found?.goneAt).toBeNull();
      expect(found?.stages.fetch).toEqual({
        status: 'pending',
        runId,
        errorCode: null,
        errorMessage: null,
        updatedAt: later,
      });
      expect(found?.stages.outline?.status).toBe('completed');
    });

    it('leaves the stages of a document alone that was there all the time', async () => {
      const workspace = await openDocuments(data());
      const { documents, stages, runId } = workspace;
      const [id = ''] = await registered(workspace, 'https://example.com/');
      await stages.set([{ documentId: id, stage: 'fetch', status: 'completed', runId }]);
      await registered(workspace, 'https://example.com/');
      expect((await documents.find(id))?.stages.fetch?.status).toBe('completed');
    });

    it('sends a handful of statements for 500 candidates, as many as for 5', async () => {
      const workspace = await openDocuments(data());
      const batch = (name: string, count: number) =>
        Array.from({ length: count }, (_, place) => `https://example.com/${name}/${place}`);
      const few = await statementsOf(() => registered(workspace, ...batch('few', 5)));
      const many = await statementsOf(() => registered(workspace, ...batch('many', 500)));
      const mixed = await statementsOf(() => registered(workspace, ...batch('many', 750)));
      const known = await statementsOf(() => registered(workspace, ...batch('many', 750)));
      expect(many).toHaveLength(few.length);
      expect(many.length).toBeLessThanOrEqual(6);
      expect(mixed.length).toBeLessThanOrEqual(8);
      expect(known.length).toBeLessThanOrEqual(5);
      expect(await statementsOf(() => registered(workspace))).toEqual([]);
    });

    it('gives each URI one document when many register the same ones at once', async () => {
      const workspace = await openDocuments(data());
      const uris = Array.from({ length: 120 }, (_, place) => `https://example.com/${place}`);
      const batches = Array.from({ length: 8 }, (_, seed) => shuffled(uris, createRandom(seed)).slice(0, 100));
      const results = await Promise.all(
        batches.map((batch) =>
          workspace.documents.register(
            batch.map((uri) => ({ uri })),
            { sourceId: workspace.source.id, method: 'crawl' },
          ),
        ),
      );
      const ids = new Map<string, Set<string>>();
      for (const { uri, documentId } of results.flat()) ids.set(uri, (ids.get(uri) ?? new Set()).add(documentId));
      expect([...ids.values()].filter((known) => known.size !== 1)).toEqual([]);
      expect(results.flat().filter(({ isNew }) => isNew)).toHaveLength(ids.size);
      expect(await workspace.documents.count()).toBe(ids.size);
      await expectSound(workspace.scope);
    });

    it('belongs to the transaction around it', async () => {
      const { scope, documents } = await openDocuments(data());
      const failure = new Error('undo');
      await expect(
        scope.transaction(async (inner) => {
          const [entry] = await data()
            .within(inner)
            .documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
          expect(entry?.isNew).toBe(true);
          throw failure;
        }),
      ).rejects.toBe(failure);
      expect(await documents.count()).toBe(0);
    });

    it('stores the hash of the URI and its first 200 characters', async () => {
      const workspace = await openDocuments(data());
      const uri = `https://example.com/${'x'.repeat(179)}😀${'y'.repeat(50)}`;
      await registered(workspace, uri);
      const row = await workspace.scope.sql.one(sql`SELECT uri_hash, uri_key FROM documents`);
      // The 200th character is the first half of a pair, which is not cut.
      expect(row).toEqual({ uri_hash: contentHash(uri), uri_key: uri.slice(0, 199) });
    });
  });
}
