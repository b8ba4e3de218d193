import { contentHash } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { expectSound, hold, observed, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import type { DocumentCases } from './document-cases.ts';

const URIS = ['a', 'b', 'c', 'd'].map((name) => `https://example.com/${name}`);

export function describeIsolation({ data, clock }: DocumentCases): void {
  const openFilled = async (slug: string) => {
    const workspace = await openDocuments(data(), slug);
    const ids = await registered(workspace, ...URIS);
    await hold(workspace, ids[0] as string, 'text');
    await workspace.stages.set([
      { documentId: ids[0] as string, stage: 'fetch', status: 'completed', runId: workspace.runId },
      { documentId: ids[0] as string, stage: 'outline', status: 'completed', runId: workspace.runId },
    ]);
    return { ...workspace, ids };
  };

  describe('workspaces with the same URIs', () => {
    it('have documents of their own', async () => {
      const [red, blue] = [await openFilled('red'), await openFilled('blue')];
      expect(red.ids.filter((id) => blue.ids.includes(id))).toEqual([]);
      expect((await red.documents.find(URIS[0] as string))?.id).toBe(red.ids[0]);
      expect((await blue.documents.find(URIS[0] as string))?.id).toBe(blue.ids[0]);
    });

    it('see nothing of each other', async () => {
      const [red, blue] = [await openFilled('red'), await openFilled('blue')];
      const [id = ''] = blue.ids;
      const hash = contentHash('<p>blue only');
      await hold(blue, blue.ids[1] as string, 'blue only');
      await blue.artifacts.record([{ inputHash: hash, kind: 'markdown', configHash: 'c', contentHash: hash }]);
      const batch = await blue.batches.start({ name: 'blue' });

      expect(await red.documents.find(id)).toBeUndefined();
      expect((await red.documents.page({ ids: blue.ids })).items).toEqual([]);
      expect((await red.documents.page()).items.map((view) => view.id).sort()).toEqual([...red.ids].sort());
      expect((await red.documents.identities({ ids: blue.ids })).items).toEqual([]);
      expect((await red.documents.page({ sourceId: blue.source.id })).items).toEqual([]);
      expect(await red.documents.count({ ids: blue.ids })).toBe(0);
      expect(await red.documents.count()).toBe(URIS.length);
      expect(await red.documents.countsByDomain()).toEqual([{ domain: 'example.com', count: URIS.length }]);
      expect((await red.documents.countsByStage()).reduce((sum, { count }) => sum + count, 0)).toBe(2 * URIS.length);
      expect(await red.documents.uris(id)).toEqual([]);
      expect(await red.documents.sources(id)).toEqual([]);
      expect((await red.documents.versions(id)).items).toEqual([]);
      expect((await red.sources.list()).map((source) => source.id)).toEqual([red.source.id]);
      expect((await red.sources.find('site', 'https://example.com/'))?.id).toBe(red.source.id);
      await expect(red.contents.read(hash)).rejects.toMatchObject({ code: 'db.content-missing' });
      expect(await red.artifacts.find({ inputHash: hash, kind: 'markdown', configHash: 'c' })).toBeUndefined();
      expect(await red.artifacts.ofInput(hash)).toEqual([]);
      expect(await red.batches.find(batch.id)).toBeUndefined();
    });

    it('change nothing of each other', async () => {
      const [red, blue] = [await openFilled('red'), await openFilled('blue')];
      const before = await snapshot(blue.scope);
      clock.advance(1000);
      const [a = '', b = '', c = '', d = ''] = red.ids;
      const options = { runId: red.runId };
      await registered(red, ...URIS);
      await hold(red, a, 'another text');
      await red.documents.unite([
        { documentId: b, canonicalUri: URIS[2] as string, aliases: [URIS[1] as string], kind: 'redirect' },
        { documentId: d, canonicalUri: 'https://example.com/new', aliases: [URIS[3] as string], kind: 'redirect' },
      ]);
      await red.documents.markGone([a, c], options);
      await red.documents.restore(a, 1, options);
      await red.stages.set([{ documentId: c, stage: 'fetch', status: 'skipped' }]);
      await red.stages.backfill();
      await red.sources.ensure({ kind: 'site', uri: 'https://example.com/', name: 'red' });
      await red.sources.closeMap({ sourceId: red.source.id, runId: red.runId });

      // With what is the other's, too.
      const content = await observed(red, blue.ids[0] as string, 'stolen');
      await expect(red.documents.recordContent([content], options)).rejects.toMatchObject({ code: 'db.not-found' });
      expect(await red.documents.markGone(blue.ids, options)).toBe(0);
      await expect(red.documents.restore(blue.ids[0] as string, 1, options)).rejects.toMatchObject({
        code: 'db.not-found',
      });
      await expect(
        red.documents.unite([
          { documentId: blue.ids[0] as string, canonicalUri: 'x:y', aliases: [], kind: 'redirect' },
        ]),
      ).rejects.toMatchObject({ code: 'db.not-found' });
      await expect(
        red.stages.set([{ documentId: blue.ids[0] as string, stage: 'fetch', status: 'failed' }]),
      ).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
      await expect(
        red.documents.register([{ uri: 'https://example.com/x' }], { sourceId: blue.source.id, method: 'crawl' }),
      ).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
      await expect(red.sources.closeMap({ sourceId: blue.source.id, runId: blue.runId })).rejects.toMatchObject({
        code: 'db.not-found',
      });
      expect(await red.sources.closeMap({ sourceId: blue.source.id, runId: red.runId })).toEqual({ goneDocuments: 0 });
      await expect(red.batches.end((await blue.batches.start({})).id)).rejects.toMatchObject({ code: 'db.not-found' });

      const after = await snapshot(blue.scope);
      expect({ ...after, batches: [] }).toEqual(before);
      await expectSound(blue.scope);
      await expectSound(red.scope);
    });
  });
}
