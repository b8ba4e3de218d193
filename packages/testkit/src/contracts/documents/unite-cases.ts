import { createId } from '@sheaf/core';
import type { DocumentAlias } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import {
  type DocumentWorkspace,
  expectSound,
  hold,
  openDocuments,
  registered,
  snapshot,
} from '../support/document-rows.ts';
import { holdOpen } from '../support/hold-open.ts';
import { createRandom, shuffled } from '../support/random.ts';
import type { DocumentCases } from './document-cases.ts';

const at = (path: string): string => `https://example.com/${path}`;

function alias(
  documentId: string,
  canonical: string,
  aliases: readonly string[] = [],
  kind: DocumentAlias['kind'] = 'redirect',
) {
  return { documentId, canonicalUri: at(canonical), aliases: aliases.map(at), kind };
}

export function describeUnion({ data, clock, statementsOf }: DocumentCases): void {
  const paths = async ({ documents }: DocumentWorkspace, id: string) =>
    (await documents.uris(id)).map(({ uri, kind }) => `${kind} ${uri.slice(at('').length)}`).sort();

  describe('uniting', () => {
    it('gives a document the canonical URI that nothing else has', async () => {
      const workspace = await openDocuments(data());
      const { documents } = workspace;
      const [id = ''] = await registered(workspace, at('old'));
      expect(await documents.unite([alias(id, 'new', ['old', 'between'])])).toEqual([
        { documentId: id, isMerged: false },
      ]);
      expect(await documents.find(id)).toMatchObject({ id, uri: at('new'), domain: 'example.com' });
      expect(await paths(workspace, id)).toEqual(['canonical new', 'redirect between', 'redirect old']);
      expect(await registered(workspace, at('old'), at('between'), at('new'))).toEqual([id, id, id]);
      expect(await documents.count()).toBe(1);
      await expectSound(workspace.scope);
    });

    it('says of each alias how it was learned', async () => {
      const workspace = await openDocuments(data());
      const [id = ''] = await registered(workspace, at('a?print=1'));
      await workspace.documents.unite([alias(id, 'a', [], 'rel-canonical')]);
      expect(await paths(workspace, id)).toEqual(['canonical a', 'rel-canonical a?print=1']);
    });

    it('merges a document into the one that has the canonical URI', async () => {
      const workspace = await openDocuments(data());
      const { documents, sources, stages, runId, scope } = workspace;
      const feed = await sources.ensure({ kind: 'feed', uri: at('feed') });
      const first = clock.now();
      const [old = ''] = await registered(workspace, at('old'));
      await documents.register([{ uri: at('old'), title: 'Old' }], { sourceId: feed.id, method: 'feed', runId });
      await hold(workspace, old, 'text');
      await stages.set([{ documentId: old, stage: 'fetch', status: 'completed', runId }]);
      const second = clock.advance(1000);
      const [kept = ''] = await registered(workspace, at('new'));
      const third = clock.advance(1000);
      expect(await documents.unite([alias(old, 'new', ['old'])])).toEqual([{ documentId: kept, isMerged: true }]);

      expect(await paths(workspace, kept)).toEqual(['canonical new', 'redirect old']);
      expect(await documents.uris(old)).toEqual([]);
      for (const name of [old, kept, at('old'), at('new')]) expect((await documents.find(name))?.id).toBe(kept);
      expect(await documents.find(kept)).toMatchObject({
        uri: at('new'),
        title: 'Old',
        firstSeenAt: first,
        lastSeenAt: second,
      });
      expect(await documents.sources(old)).toEqual([]);
      expect(
        (await documents.sources(kept)).map(({ sourceId, method, firstSeenAt, lastSeenAt }) => ({
          sourceId,
          method,
          firstSeenAt,
          lastSeenAt,
        })),
      ).toEqual(
        [
          { sourceId: workspace.source.id, method: 'crawl', firstSeenAt: first, lastSeenAt: second },
          { sourceId: feed.id, method: 'feed', firstSeenAt: first, lastSeenAt: first },
        ].sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1)),
      );
      expect((await documents.versions(old)).items).toHaveLength(1);
      expect((await documents.versions(kept)).items).toHaveLength(0);
      const stagesOfOld = (await snapshot(scope)).document_stages.filter(({ document_id }) => document_id === old);
      expect(stagesOfOld).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ stage: 'fetch', status: 'completed', error_code: null }),
          expect.objectContaining({
            stage: 'outline',
            status: 'skipped',
            error_code: 'data.merged',
            updated_at: third,
          }),
        ]),
      );
      expect((await documents.page()).items.map(({ id }) => id)).toEqual([kept]);
      expect((await documents.page({ uris: [at('old')] })).items.map(({ id }) => id)).toEqual([kept]);
      expect(await documents.count()).toBe(1);
      expect(await documents.countsByStage()).toEqual([
        { stage: 'fetch', status: 'pending', count: 1 },
        { stage: 'outline', status: 'pending', count: 1 },
      ]);
      await expectSound(scope);
    });

    it('changes nothing when the same is said twice, and does not write then', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope } = workspace;
      const [a = '', b = '', c = ''] = await registered(workspace, at('a'), at('b'), at('c'));
      const said = [alias(a, 'b', ['a', 'x']), alias(c, 'd', ['c'])];
      const first = await documents.unite(said);
      const before = await snapshot(scope);
      clock.advance(1000);
      let second: typeof first = [];
      const statements = await statementsOf(async () => {
        second = await documents.unite(said);
      });
      expect(second).toEqual(first);
      expect(second).toEqual([
        { documentId: b, isMerged: true },
        { documentId: c, isMerged: false },
      ]);
      expect(await snapshot(scope)).toEqual(before);
      expect(statements.every((text) => text.startsWith('SELECT'))).toBe(true);
    });

    it('follows chains to the last survivor, whenever their links are learned', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope } = workspace;
      const [a = '', b = '', c = '', d = ''] = await registered(workspace, at('a'), at('b'), at('c'), at('d'));
      await documents.unite([alias(a, 'b', ['a'])]);
      await documents.unite([alias(b, 'c', ['b'])]);
      expect(await documents.unite([alias(a, 'd', ['a'])])).toEqual([{ documentId: d, isMerged: true }]);
      for (const name of [a, b, c, d, at('a'), at('b'), at('c')]) expect((await documents.find(name))?.id).toBe(d);
      const merged = (await snapshot(scope)).documents.filter(({ merged_into_id }) => merged_into_id !== null);
      expect(merged.map(({ merged_into_id }) => merged_into_id)).toEqual([d, d, d]);
      await expectSound(scope);
    });

    it('unites a whole chain in one batch, in any order', async () => {
      for (const seed of [1, 2, 3, 4]) {
        const workspace = await openDocuments(data(), `seed-${seed}`);
        const ids = await registered(workspace, at('0'), at('1'), at('2'), at('3'));
        const links = ids.slice(0, 3).map((id, place) => alias(id, String(place + 1), [String(place)]));
        const results = await workspace.documents.unite(shuffled(links, createRandom(seed)));
        expect(results).toEqual([1, 2, 3].map(() => ({ documentId: ids[3], isMerged: true })));
        expect(await paths(workspace, ids[3] as string)).toEqual([
          'canonical 3',
          'redirect 0',
          'redirect 1',
          'redirect 2',
        ]);
        await expectSound(workspace.scope);
      }
    });

    it('never merges a document into itself or into one that was merged into it', async () => {
      const workspace = await openDocuments(data());
      const { documents } = workspace;
      const [a = '', b = ''] = await registered(workspace, at('a'), at('b'));
      expect(await documents.unite([alias(a, 'a', ['a'])])).toEqual([{ documentId: a, isMerged: false }]);
      await documents.unite([alias(a, 'b', ['a'])]);
      // Later b redirects to a: they stay one document, which is called a now.
      expect(await documents.unite([alias(b, 'a', ['b'])])).toEqual([{ documentId: b, isMerged: false }]);
      expect((await documents.find(b))?.uri).toBe(at('a'));
      expect(await paths(workspace, b)).toEqual(['canonical a', 'redirect b']);
      // And back again.
      expect(await documents.unite([alias(a, 'b', ['a'])])).toEqual([{ documentId: b, isMerged: true }]);
      expect(await paths(workspace, b)).toEqual(['canonical b', 'redirect a']);
      await expectSound(workspace.scope);
    });

    it('gives several documents with one new canonical URI to the first of them', async () => {
      const workspace = await openDocuments(data());
      const [a = '', b = '', c = ''] = await registered(workspace, at('a'), at('b'), at('c'));
      expect(
        await workspace.documents.unite([alias(a, 'x', ['a']), alias(b, 'x', ['b']), alias(c, 'x', ['c'])]),
      ).toEqual([
        { documentId: a, isMerged: false },
        { documentId: a, isMerged: true },
        { documentId: a, isMerged: true },
      ]);
      expect(await paths(workspace, a)).toEqual(['canonical x', 'redirect a', 'redirect b', 'redirect c']);
      await expectSound(workspace.scope);
    });

    it('merges a document that lies on the way too', async () => {
      const workspace = await openDocuments(data());
      const { documents } = workspace;
      const [a = '', between = ''] = await registered(workspace, at('a'), at('between'));
      expect(await documents.unite([alias(a, 'end', ['a', 'between'])])).toEqual([{ documentId: a, isMerged: false }]);
      expect((await documents.find(between))?.id).toBe(a);
      expect(await paths(workspace, a)).toEqual(['canonical end', 'redirect a', 'redirect between']);
      await expectSound(workspace.scope);
    });

    it('lets go of a source only where all of them had', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope, runId, runs, sources, source } = workspace;
      const other = await sources.ensure({ kind: 'feed', uri: at('feed') });
      const options = { method: 'crawl', runId };
      const ids: string[] = [];
      for (const path of ['a', 'b', 'c']) {
        const [entry] = await documents.register([{ uri: at(path) }], { ...options, sourceId: source.id });
        await documents.register([{ uri: at(path) }], { ...options, sourceId: other.id });
        ids.push(entry?.documentId as string);
        clock.advance(1000);
      }
      const map = await runs.open({
        tool: 'map.run',
        input: {},
        inputDigest: 'map',
        workerId: 'worker',
        leaseMs: 60_000,
        resume: false,
      });
      await documents.register([{ uri: at('b') }], { method: 'crawl', runId: map.id, sourceId: source.id });
      await sources.closeMap({ sourceId: source.id, runId: map.id });
      await sources.closeMap({ sourceId: other.id, runId: map.id });
      await documents.unite([alias(ids[0] as string, 'c', ['a']), alias(ids[1] as string, 'c', ['b'])]);
      const kept = await documents.sources(ids[2] as string);
      expect(kept.find(({ sourceId }) => sourceId === source.id)?.goneAt).toBeNull();
      expect(kept.find(({ sourceId }) => sourceId === other.id)?.goneAt).toEqual(clock.now());
      const [row] = (await snapshot(scope)).document_sources.filter(({ source_id }) => source_id === source.id);
      expect(row).toMatchObject({ run_id: map.id, first_seen_at: new Date('2026-05-04T03:02:01.007Z') });
      expect(row?.last_seen_at).toEqual(clock.now());
    });

    it('makes what is said of a merged document hold for the survivor', async () => {
      const workspace = await openDocuments(data());
      const { documents, runId } = workspace;
      const [a = '', b = ''] = await registered(workspace, at('a'), at('b'));
      await documents.unite([alias(a, 'b', ['a'])]);
      expect(await hold(workspace, a, 'text')).toEqual({ change: 'created', version: 1 });
      expect((await documents.find(b))?.version).toBe(1);
      expect(await hold(workspace, b, 'text')).toEqual({ change: 'unchanged', version: 1 });
      expect(await documents.markGone([a], { runId })).toBe(0);
      expect((await documents.find(b))?.goneAt).toBeNull();
      await expectSound(workspace.scope);
    });

    it('refuses an unknown document and an impossible URI, and writes nothing then', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope } = workspace;
      const [a = ''] = await registered(workspace, at('a'));
      const before = await snapshot(scope);
      await expect(documents.unite([alias(a, 'x', ['a']), alias(createId(), 'y')])).rejects.toMatchObject({
        code: 'db.not-found',
      });
      await expect(documents.unite([alias(a, 'x', ['y'.repeat(9_000)])])).rejects.toMatchObject({
        code: 'db.invalid-uri',
      });
      expect(await snapshot(scope)).toEqual(before);
      expect(await documents.unite([])).toEqual([]);
    });

    it('waits for a URI that someone else is about to register', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope } = workspace;
      const [a = ''] = await registered(workspace, at('a'));
      const held = await holdOpen(scope, async (inner) => {
        const [entry] = await data()
          .within(inner)
          .documents.register([{ uri: at('c') }], { method: 'cli' });
        return entry?.documentId;
      });
      const uniting = documents.unite([alias(a, 'c', ['a', 'b'])]);
      await held.commit();
      expect(await uniting).toEqual([{ documentId: held.result, isMerged: true }]);
      await expectSound(scope);
    });

    it('makes who registers its URIs meanwhile wait for it', async () => {
      const workspace = await openDocuments(data());
      const { documents, scope } = workspace;
      const [a = ''] = await registered(workspace, at('a'));
      const held = await holdOpen(scope, (inner) =>
        data()
          .within(inner)
          .documents.unite([alias(a, 'c', ['a', 'b'])]),
      );
      const registering = documents.register(
        ['a', 'b', 'c', 'd'].map((name) => ({ uri: at(name) })),
        { method: 'cli' },
      );
      await held.commit();
      const entries = await registering;
      expect(entries.slice(0, 3).map(({ documentId }) => documentId)).toEqual([a, a, a]);
      expect(entries.map(({ isNew }) => isNew)).toEqual([false, false, false, true]);
      expect(await documents.count()).toBe(2);
      await expectSound(scope);
    });

    it('stays sound while others register the same URIs', async () => {
      const workspace = await openDocuments(data());
      const { documents, source, scope } = workspace;
      const names = Array.from({ length: 30 }, (_, place) => String(place));
      const ids = await registered(workspace, ...names.slice(0, 10).map(at));
      const register = (seed: number) =>
        documents.register(
          shuffled(names, createRandom(seed)).map((name) => ({ uri: at(name) })),
          { sourceId: source.id, method: 'crawl' },
        );
      const unite = (place: number) =>
        documents.unite([alias(ids[place] as string, String(place + 20), [String(place), String(place + 10)])]);
      await Promise.all(ids.flatMap((_, place) => [register(place), unite(place)]));
      await expectSound(scope);
      expect(await documents.count()).toBe(10);
      const entries = await register(99);
      expect(new Set(entries.map(({ documentId }) => documentId)).size).toBe(10);
      expect(entries.every(({ isNew }) => !isNew)).toBe(true);
      expect((await snapshot(scope)).document_uris).toHaveLength(30);
    });
  });
}
