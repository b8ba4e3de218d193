import { createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { type DocumentWorkspace, documentRegistry, expectSound, hold, openDocuments } from './support/document-rows.ts';
import { runOf } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';
const at = (path: string): string => `https://example.com/${path}`;

/** What `SourceRepository` promises, whatever the database. */
export function sourcesContract(harness: ContractHarness): void {
  describe(`sources on ${harness.name}`, () => {
    const clock = createTestClock(START);
    const data = useData(harness, () => {
      clock.set(START);
      return { clock, registry: documentRegistry };
    });

    describe('ensuring', () => {
      it('makes a source once for each kind and URI', async () => {
        const { sources } = await data().repositories();
        const source = await sources.ensure({ kind: 'site', uri: at(''), name: 'Example', config: { depth: 3 } });
        expect(source).toEqual({
          id: expect.any(String),
          kind: 'site',
          uri: at(''),
          name: 'Example',
          config: { depth: 3 },
          createdAt: clock.now(),
          updatedAt: clock.now(),
        });
        clock.advance(1000);
        expect(await sources.ensure({ kind: 'site', uri: at('') })).toEqual(source);
        expect(await sources.find('site', at(''))).toEqual(source);
        const feed = await sources.ensure({ kind: 'feed', uri: at('') });
        expect(feed).toMatchObject({ kind: 'feed', name: null, config: null });
        expect(await sources.list()).toEqual([source, feed]);
        expect(await sources.find('cms', at(''))).toBeUndefined();
        expect(await sources.find('site', 'a\0b')).toBeUndefined();
      });

      it('updates the name and the configuration that are given', async () => {
        const { sources } = await data().repositories();
        const made = await sources.ensure({
          kind: 'folder',
          uri: 'file:///srv',
          name: 'One',
          config: { glob: '*.md' },
        });
        const later = clock.advance(1000);
        expect(await sources.ensure({ kind: 'folder', uri: 'file:///srv', name: 'T\0wo' })).toEqual({
          ...made,
          name: 'Two',
          updatedAt: later,
        });
        const latest = clock.advance(1000);
        expect(await sources.ensure({ kind: 'folder', uri: 'file:///srv', config: { note: 'x\0' } })).toEqual({
          ...made,
          name: 'Two',
          config: { note: 'x' },
          updatedAt: latest,
        });
      });

      it('gives one source to all who ask at once', async () => {
        const { sources } = await data().repositories();
        const made = await Promise.all(
          Array.from({ length: 12 }, () => sources.ensure({ kind: 'site', uri: at('same') })),
        );
        expect(new Set(made.map(({ id }) => id)).size).toBe(1);
        expect(await sources.list()).toHaveLength(1);
      });

      it('keeps long URIs and refuses longer ones', async () => {
        const { sources } = await data().repositories();
        const uri = at('x'.repeat(8_192 - at('').length));
        expect((await sources.ensure({ kind: 'site', uri })).uri).toBe(uri);
        await expect(sources.ensure({ kind: 'site', uri: `${uri}x` })).rejects.toMatchObject({
          code: 'db.invalid-uri',
        });
      });
    });

    describe('closing a map', () => {
      /** One run that sees some paths of the source. */
      const map = async ({ runs, documents, source }: DocumentWorkspace, ...paths: readonly string[]) => {
        clock.advance(1000);
        const { id: runId } = await runs.open(runOf({ tool: 'map.run' }));
        clock.advance(1000);
        await documents.register(
          paths.map((path) => ({ uri: at(path) })),
          { sourceId: source.id, method: 'crawl', runId },
        );
        return runId;
      };
      const gone = async ({ documents }: DocumentWorkspace) =>
        (await documents.page({ isGone: true, orderBy: 'uri' })).items.map(({ uri }) => uri.slice(at('').length));

      it('makes gone what the source does not name any more, with a deleted version of content', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, source } = workspace;
        await map(workspace, 'a', 'b', 'c');
        await hold(workspace, (await documents.find(at('b')))?.id as string, 'text');
        const runId = await map(workspace, 'a');
        const later = clock.advance(1000);
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 2 });
        expect(await gone(workspace)).toEqual(['b', 'c']);
        const b = await documents.find(at('b'));
        expect((await documents.sources(b?.id as string))[0]?.goneAt).toEqual(later);
        expect((await documents.versions(b?.id as string)).items).toMatchObject([
          { version: 2, action: 'deleted', runId, bytesHash: null, createdAt: later },
          { version: 1, action: 'created' },
        ]);
        expect((await documents.sources((await documents.find(at('a')))?.id as string))[0]?.goneAt).toBeNull();
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 0 });
        await expectSound(workspace.scope);
      });

      it('brings back what a later map names again', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, source } = workspace;
        await map(workspace, 'a', 'b');
        await sources.closeMap({ sourceId: source.id, runId: await map(workspace, 'a') });
        const runId = await map(workspace, 'a', 'b');
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 0 });
        const b = await documents.find(at('b'));
        expect(b).toMatchObject({ goneAt: null, stages: { fetch: { status: 'pending' } } });
        expect((await documents.sources(b?.id as string))[0]?.goneAt).toBeNull();
      });

      it('keeps a document that another source names', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, source } = workspace;
        const feed = await sources.ensure({ kind: 'feed', uri: at('feed') });
        await map(workspace, 'a', 'b');
        await documents.register([{ uri: at('b') }], { sourceId: feed.id, method: 'feed' });
        const runId = await map(workspace);
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 1 });
        expect(await gone(workspace)).toEqual(['a']);
        const b = await documents.find(at('b'));
        const sourcesOfB = await documents.sources(b?.id as string);
        expect(sourcesOfB.find(({ sourceId }) => sourceId === source.id)?.goneAt).not.toBeNull();
        expect(sourcesOfB.find(({ sourceId }) => sourceId === feed.id)?.goneAt).toBeNull();
        const closing = await map(workspace);
        expect(await sources.closeMap({ sourceId: feed.id, runId: closing })).toEqual({ goneDocuments: 1 });
      });

      it('leaves alone what comes from no source, or from another', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, source } = workspace;
        const feed = await sources.ensure({ kind: 'feed', uri: at('feed') });
        await documents.register([{ uri: at('alone') }], { method: 'cli' });
        await documents.register([{ uri: at('fed') }], { method: 'feed', sourceId: feed.id });
        const runId = await map(workspace);
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 0 });
        expect(await gone(workspace)).toEqual([]);
      });

      it('keeps what another run, or someone at a terminal, has seen since the run began', async () => {
        const workspace = await openDocuments(data());
        const { documents, sources, source } = workspace;
        await map(workspace, 'a', 'b', 'c');
        const slow = await map(workspace, 'a');
        await map(workspace, 'b');
        await documents.register([{ uri: at('c') }], { sourceId: source.id, method: 'cli' });
        expect(await sources.closeMap({ sourceId: source.id, runId: slow })).toEqual({ goneDocuments: 0 });
      });

      it('works through more documents than one transaction takes', async () => {
        const workspace = await openDocuments(data());
        const { sources, source } = workspace;
        const paths = Array.from({ length: 2_100 }, (_, place) => String(place));
        await map(workspace, ...paths);
        const runId = await map(workspace, ...paths.slice(0, 50));
        expect(await sources.closeMap({ sourceId: source.id, runId })).toEqual({ goneDocuments: 2_050 });
        expect(await workspace.documents.count({ isGone: false })).toBe(50);
      });

      it('refuses a run that does not exist', async () => {
        const { sources, source } = await openDocuments(data());
        await expect(sources.closeMap({ sourceId: source.id, runId: createId() })).rejects.toMatchObject({
          code: 'db.not-found',
        });
      });
    });
  });
}
