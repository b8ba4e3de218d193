import { createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { expectSound, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import type { DeletionCases } from './deletion-cases.ts';

const uris = (count: number) => Array.from({ length: count }, (_, place) => `https://example.com/${place}`);

export function describeSourceDeletion({ data, harness }: DeletionCases): void {
  describe('a source', () => {
    it('takes the documents that no other source has found', async () => {
      const workspace = await openDocuments(data());
      const { documents, sources, source } = workspace;
      await registered(workspace, ...uris(5));
      const feed = await sources.ensure({ kind: 'feed', uri: 'https://example.com/feed.xml' });
      await documents.register(
        uris(7)
          .slice(3)
          .map((uri) => ({ uri })),
        { sourceId: feed.id, method: 'feed' },
      );
      await documents.register([{ uri: 'https://example.com/typed-in' }], { method: 'cli' });
      expect((await sources.delete(source.id)).deleted).toMatchObject({
        sources: 1,
        documents: 3,
        document_sources: 5,
      });
      expect((await sources.list()).map(({ id }) => id)).toEqual([feed.id]);
      const left = (await documents.page()).items.map(({ uri }) => uri);
      expect(left.sort()).toEqual([...uris(7).slice(3), 'https://example.com/typed-in'].sort());
      await expectSound(workspace.scope);
    });

    it('that does not exist is refused', async () => {
      const workspace = await openDocuments(data());
      const blue = await openDocuments(data(), 'blue');
      for (const id of [createId(), blue.source.id]) {
        await expect(workspace.sources.delete(id)).rejects.toMatchObject({ code: 'db.not-found' });
      }
      expect(await blue.sources.list()).toHaveLength(1);
    });

    it('goes with more documents than one statement takes, and on a dry run with none', async () => {
      const workspace = await openDocuments(data());
      await registered(workspace, ...uris(5_003));
      const rehearsed = await workspace.sources.delete(workspace.source.id, { isDryRun: true });
      expect(rehearsed.deleted).toMatchObject({ sources: 1, documents: 5_003, document_uris: 5_003 });
      expect(await workspace.documents.count()).toBe(5_003);
      expect(await workspace.sources.delete(workspace.source.id)).toEqual(rehearsed);
      const { documents, document_uris, document_sources, document_stages, sources } = await snapshot(workspace.scope);
      expect([documents, document_uris, document_sources, document_stages, sources].flat()).toEqual([]);
    });

    // In memory there is one connection, and with it no one else.
    // A database in memory has one connection.
    if (harness.provider !== 'sqlite-memory') {
      it('is deleted while others map it', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, scope } = workspace;
        const map = async (part: number) => {
          for (let batch = 0; batch < 5; batch += 1) {
            await scope.transaction(async (inner) => {
              const within = data().within(inner);
              const { id } = await within.sources.ensure({ kind: 'site', uri: 'https://example.com/' });
              const found = uris(60).slice(part, part + 40);
              await within.documents.register(
                found.map((uri) => ({ uri })),
                { sourceId: id, method: 'crawl' },
              );
            });
          }
        };
        const removeAll = async () => {
          for (let times = 0; times < 5; times += 1) {
            for (const { id } of await sources.list()) await sources.delete(id);
          }
        };
        await Promise.all([map(0), map(10), map(20), removeAll()]);
        await expectSound(scope);
        for (const { id } of await sources.list()) await sources.delete(id);
        expect(await documents.count()).toBe(0);
        expect((await snapshot(scope)).document_uris).toEqual([]);
      });
    }
  });
}
