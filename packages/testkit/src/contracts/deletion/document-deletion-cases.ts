import { createId } from '@sheaf/core';
import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createPluginTables } from '../../plugin-tables.ts';
import { expectSound, hold, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import { holdOpen } from '../support/hold-open.ts';
import { runOf } from '../support/run-rows.ts';
import type { DeletionCases } from './deletion-cases.ts';

const PAGE = 'https://example.com/page';
const OTHER = 'https://example.com/other';

export function describeDocumentDeletion({ data, clock, statementsOf, harness }: DeletionCases): void {
  const open = () => openDocuments(data());
  const secondSource = async (workspace: Awaited<ReturnType<typeof open>>, ...uris: readonly string[]) => {
    const source = await workspace.sources.ensure({ kind: 'feed', uri: 'https://example.com/feed.xml' });
    const candidates = uris.map((uri) => ({ uri }));
    await workspace.documents.register(candidates, { sourceId: source.id, method: 'feed' });
    return source;
  };

  describe('a document', () => {
    it('is deleted by its id, its URI or an alias of it', async () => {
      const workspace = await open();
      const { documents } = workspace;
      const alias = 'https://example.com/old';
      for (const name of ['id', PAGE, alias]) {
        const [id = '', other = ''] = await registered(workspace, PAGE, OTHER);
        await documents.unite([{ documentId: id, canonicalUri: PAGE, aliases: [alias], kind: 'redirect' }]);
        const { deleted } = await documents.delete([name === 'id' ? id : name]);
        expect(deleted).toMatchObject({ documents: 1, document_uris: 2, document_sources: 1 });
        for (const uri of [id, PAGE, alias]) expect(await documents.find(uri)).toBeUndefined();
        expect((await documents.find(OTHER))?.id).toBe(other);
      }
      await expectSound(workspace.scope);
    });

    it('is deleted once, however often it is named', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE);
      const { deleted } = await workspace.documents.delete([id, PAGE, id]);
      expect(deleted.documents).toBe(1);
      expect(await workspace.documents.delete([])).toEqual({ deleted: {}, changed: {} });
    });

    it('can be registered anew, as another one', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE);
      await hold(workspace, id, 'text');
      await workspace.documents.delete([PAGE]);
      const [again = ''] = await registered(workspace, PAGE);
      expect(again).not.toBe(id);
      expect(await workspace.documents.find(PAGE)).toMatchObject({ id: again, version: 0, bytesHash: null });
    });

    it('leaves bytes that others share', async () => {
      const workspace = await open();
      const [one = '', two = ''] = await registered(workspace, PAGE, OTHER);
      await hold(workspace, one, 'the same');
      await hold(workspace, two, 'the same');
      const { bytesHash } = (await workspace.documents.find(two)) ?? {};
      await workspace.documents.delete([one]);
      expect(new TextDecoder().decode(await workspace.contents.read(bytesHash ?? ''))).toBe('<p>the same');
      await expectSound(workspace.scope);
    });

    it('takes with it what was merged into it, and is what a merged one leads to', async () => {
      const workspace = await open();
      const { documents, scope } = workspace;
      for (const chosen of ['survivor', 'merged'] as const) {
        const [survivor = '', merged = ''] = await registered(workspace, PAGE, OTHER);
        await hold(workspace, merged, 'before the merge');
        await documents.unite([{ documentId: merged, canonicalUri: PAGE, aliases: [OTHER], kind: 'redirect' }]);
        const { deleted } = await documents.delete([chosen === 'survivor' ? survivor : merged]);
        expect(deleted).toMatchObject({ documents: 2, document_uris: 2, document_versions: 1 });
        expect((await snapshot(scope)).documents).toEqual([]);
      }
    });

    it('named with a source leaves that source only, while another one has found it', async () => {
      const workspace = await open();
      const { documents, source } = workspace;
      await registered(workspace, PAGE, OTHER);
      const feed = await secondSource(workspace, PAGE);
      expect(await documents.delete([PAGE], { sourceId: source.id })).toEqual({
        deleted: { document_sources: 1 },
        changed: {},
      });
      const found = await documents.find(PAGE);
      expect((await documents.sources(found?.id ?? '')).map(({ sourceId }) => sourceId)).toEqual([feed.id]);
      expect((await documents.delete([PAGE], { sourceId: feed.id })).deleted).toMatchObject({ documents: 1 });
      expect(await documents.find(PAGE)).toBeUndefined();
      expect(await documents.find(OTHER)).toBeDefined();
    });

    it('stays with a source that has seen it go', async () => {
      const workspace = await open();
      const { documents, source, sources, runs } = workspace;
      await registered(workspace, PAGE);
      const feed = await secondSource(workspace, PAGE);
      clock.advance(1000);
      const { id: runId } = await runs.open(runOf());
      await sources.closeMap({ sourceId: feed.id, runId });
      const { deleted } = await documents.delete([PAGE], { sourceId: source.id });
      expect(deleted).toEqual({ document_sources: 1 });
      expect(await documents.find(PAGE)).toBeDefined();
    });

    it('that does not exist, or not in the source, is refused, and nothing is deleted', async () => {
      const workspace = await open();
      const { documents, source, scope } = workspace;
      await registered(workspace, PAGE);
      await documents.register([{ uri: OTHER }], { method: 'cli' });
      const before = await snapshot(scope);
      const unknown = createId();
      for (const [names, options] of [
        [[PAGE, unknown], {}],
        [['https://nowhere.example/'], {}],
        [['a\0b'], {}],
        [[PAGE, OTHER], { sourceId: source.id }],
        [[PAGE], { sourceId: unknown }],
      ] as const) {
        await expect(documents.delete(names, options)).rejects.toMatchObject({ code: 'db.not-found' });
      }
      expect(await snapshot(scope)).toEqual(before);
    });

    it('of another workspace is out of reach', async () => {
      const blue = await openDocuments(data(), 'blue');
      const [id = ''] = await registered(blue, PAGE);
      const workspace = await open();
      await registered(workspace, PAGE);
      const before = await snapshot(blue.scope);
      await expect(workspace.documents.delete([id])).rejects.toMatchObject({ code: 'db.not-found' });
      await workspace.documents.delete([PAGE]);
      expect(await snapshot(blue.scope)).toEqual(before);
    });

    it('takes its items out of the counts of runs that have ended', async () => {
      const workspace = await open();
      const { documents, runs, steps, runId } = workspace;
      const [one = '', two = ''] = await registered(workspace, PAGE, OTHER);
      await steps.plan({ runId, type: 'read', steps: [{ documentId: one }, { documentId: two }] });
      await steps.complete(await steps.claim({ type: 'read', workerId: 'w', limit: 9, leaseMs: 60_000 }));
      await runs.finish({ runId, status: 'completed' });
      await documents.delete([one]);
      expect((await runs.find(runId))?.items).toMatchObject({ total: 1, completed: 1 });
    });

    it('is taken from the worker that is at it, which writes nothing more', async () => {
      const workspace = await open();
      const { documents, runs, steps, runId } = workspace;
      const [one = '', two = ''] = await registered(workspace, PAGE, OTHER);
      await steps.plan({ runId, type: 'read', steps: [{ documentId: one }, { documentId: two }] });
      const claims = await steps.claim({ type: 'read', workerId: 'w', limit: 9, leaseMs: 60_000 });
      await documents.delete([one]);
      expect(await steps.complete(claims)).toHaveLength(1);
      expect((await runs.finish({ runId, status: 'completed' })).items).toMatchObject({ total: 1, completed: 1 });
    });
  });

  describe('deleting documents', () => {
    const uris = (count: number) => Array.from({ length: count }, (_, place) => `https://example.com/${place}`);

    it('takes as many statements for many as for one', async () => {
      const workspace = await open();
      await registered(workspace, ...uris(700));
      const few = await statementsOf(() => workspace.documents.delete(uris(1)));
      const many = await statementsOf(() => workspace.documents.delete(uris(700).slice(1)));
      expect(many.length).toBe(few.length);
      expect(await workspace.documents.count()).toBe(0);
    });

    it('says on a dry run what it would do, and does nothing', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE, OTHER);
      await hold(workspace, id, 'text');
      const before = await snapshot(workspace.scope);
      const rehearsed = await workspace.documents.delete([PAGE], { isDryRun: true });
      expect(await snapshot(workspace.scope)).toEqual(before);
      expect(rehearsed.deleted).toMatchObject({ documents: 1, document_versions: 1 });
      expect(await workspace.documents.delete([PAGE])).toEqual(rehearsed);
    });

    it('is all or nothing', async () => {
      const workspace = await open();
      await registered(workspace, PAGE, OTHER);
      const { sql: db } = workspace.scope;
      await createPluginTables(data().connection, {
        shop_orders: `
          CREATE TABLE shop_orders (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, document_id TEXT NOT NULL,
            PRIMARY KEY (workspace_id, id),
            FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE RESTRICT)`,
      });
      const other = await workspace.documents.find(OTHER);
      await db.execute(sql`
        INSERT INTO shop_orders VALUES (${workspace.scope.workspace.id}, 'order', ${other?.id ?? ''})`);
      const before = await snapshot(workspace.scope);
      await expect(workspace.documents.delete([PAGE, OTHER])).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
      expect(await snapshot(workspace.scope)).toEqual(before);
    });

    // A database in memory has one connection.
    if (harness.provider !== 'sqlite-memory') {
      it('waits for whoever writes one of them', async () => {
        const workspace = await open();
        const [id = ''] = await registered(workspace, PAGE);
        const held = await holdOpen(workspace.scope, async (inner) => {
          const { documents } = data().within(inner);
          await documents.register([{ uri: PAGE, title: 'Seen again' }], { method: 'cli' });
        });
        const deleting = workspace.documents.delete([id]);
        await held.commit();
        expect((await deleting).deleted).toMatchObject({ documents: 1 });
        expect((await snapshot(workspace.scope)).document_uris).toEqual([]);
      });
    }
  });
}
