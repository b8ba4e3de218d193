import { contentHash, createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import {
  type DocumentWorkspace,
  expectSound,
  hold,
  observed,
  openDocuments,
  registered,
  snapshot,
} from '../support/document-rows.ts';
import type { DocumentCases } from './document-cases.ts';

const URI = 'https://example.com/page';

export function describeContent({ data, clock, statementsOf }: DocumentCases): void {
  const openPage = async (): Promise<DocumentWorkspace & { readonly id: string }> => {
    const workspace = await openDocuments(data());
    const [id = ''] = await registered(workspace, URI);
    return { ...workspace, id };
  };
  const actions = async ({ documents }: DocumentWorkspace, id: string) =>
    (await documents.versions(id)).items.map(({ version, action }) => `${version} ${action}`);

  describe('recording content', () => {
    it('makes the first version, which the document mirrors', async () => {
      const workspace = await openPage();
      const { documents, batches, runId, id } = workspace;
      const batch = await batches.start({ name: 'import' });
      const content = await observed(workspace, id, 'Hello', { title: 'Greeting', meta: { lang: 'en', note: 'a\0b' } });
      const later = clock.advance(5);
      expect(await documents.recordContent([content], { runId, batchId: batch.id })).toEqual([
        { documentId: id, change: 'created', version: 1 },
      ]);
      const { bytesHash, size } = content;
      expect(await documents.find(id)).toMatchObject({
        title: 'Greeting',
        version: 1,
        bytesHash,
        textHash: contentHash('Hello'),
        mimeType: 'text/html',
        contentLength: size,
        changedAt: later,
        goneAt: null,
        meta: { lang: 'en', note: 'ab' },
      });
      expect((await documents.versions(id)).items).toEqual([
        {
          version: 1,
          action: 'created',
          bytesHash,
          textHash: contentHash('Hello'),
          mimeType: 'text/html',
          size,
          runId,
          createdAt: later,
          meta: { lang: 'en', note: 'ab' },
        },
      ]);
    });

    it('makes no version of other bytes around the same text, and keeps the bytes of the version', async () => {
      const workspace = await openPage();
      const { documents, id, scope } = workspace;
      await hold(workspace, id, 'Hello', { markup: '<p>' });
      const before = (await snapshot(scope)).documents;
      clock.advance(1000);
      expect(await hold(workspace, id, 'Hello', { markup: '<div>' })).toEqual({ change: 'unchanged', version: 1 });
      expect((await snapshot(scope)).documents).toEqual(before);
      expect(await actions(workspace, id)).toEqual(['1 created']);
      expect((await documents.find(id))?.bytesHash).toBe(contentHash('<p>Hello'));
    });

    it('makes a version of another text, newest first in the list', async () => {
      const workspace = await openPage();
      await hold(workspace, workspace.id, 'one');
      expect(await hold(workspace, workspace.id, 'two')).toEqual({ change: 'updated', version: 2 });
      expect(await hold(workspace, workspace.id, 'one')).toEqual({ change: 'updated', version: 3 });
      expect(await actions(workspace, workspace.id)).toEqual(['3 updated', '2 updated', '1 created']);
      await expectSound(workspace.scope);
    });

    it('goes by the bytes of what has no text', async () => {
      const workspace = await openPage();
      const image = { textHash: null, mimeType: 'image/png' } as const;
      expect((await hold(workspace, workspace.id, 'pixels', image)).change).toBe('created');
      expect((await hold(workspace, workspace.id, 'pixels', image)).change).toBe('unchanged');
      expect((await hold(workspace, workspace.id, 'others', image)).change).toBe('updated');
    });

    it('counts a text where there was none before as a change', async () => {
      const workspace = await openPage();
      await hold(workspace, workspace.id, 'same bytes', { textHash: null });
      expect((await hold(workspace, workspace.id, 'same bytes')).change).toBe('updated');
    });

    it('makes stale what has read the former content, and nothing else', async () => {
      const workspace = await openPage();
      const { documents, stages, runId, id } = workspace;
      const [failed = '', pending = ''] = await registered(workspace, `${URI}/failed`, `${URI}/pending`);
      for (const one of [id, failed, pending]) await hold(workspace, one, 'one');
      await stages.set([
        { documentId: id, stage: 'outline', status: 'completed', runId },
        { documentId: id, stage: 'outline', variant: 'short', status: 'completed', runId },
        { documentId: id, stage: 'fetch', status: 'completed', runId },
        { documentId: failed, stage: 'outline', status: 'failed', errorCode: 'outline.empty' },
      ]);
      await hold(workspace, id, 'one');
      expect((await documents.find(id))?.stages.outline?.status).toBe('completed');
      const later = clock.advance(1000);
      for (const one of [id, failed, pending]) await hold(workspace, one, 'two');
      expect((await documents.find(id))?.stages).toMatchObject({
        outline: { status: 'stale', runId, updatedAt: later },
        fetch: { status: 'completed' },
      });
      const isShort = { stage: 'outline', statuses: ['stale'], variant: 'short' } as const;
      expect(await documents.count({ stage: isShort })).toBe(1);
      expect((await documents.find(failed))?.stages.outline).toMatchObject({
        status: 'failed',
        errorCode: 'outline.empty',
      });
      expect((await documents.find(pending))?.stages.outline?.status).toBe('pending');
    });

    it('takes over a title, also with an unchanged text', async () => {
      const workspace = await openPage();
      const { documents, id } = workspace;
      const title = async () => (await documents.find(id))?.title;
      await hold(workspace, id, 'text', { title: 'One' });
      await hold(workspace, id, 'text', { title: 'Two' });
      expect(await title()).toBe('Two');
      await hold(workspace, id, 'other', { title: null });
      expect(await title()).toBe('Two');
      await hold(workspace, id, 'other', { title: `${'x'.repeat(2_000)}` });
      expect(await title()).toBe('x'.repeat(1_000));
    });

    it('notes several observations of one document one after the other', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      const [one, two] = [await observed(workspace, id, 'one'), await observed(workspace, id, 'two')];
      const results = await documents.recordContent([one, one, two, one], { runId });
      expect(results.map(({ change, version }) => `${change} ${version}`)).toEqual([
        'created 1',
        'unchanged 1',
        'updated 2',
        'updated 3',
      ]);
      await expectSound(workspace.scope);
    });

    it('writes nothing of a batch with an unknown document, or with bytes that are not recorded', async () => {
      const workspace = await openPage();
      const { documents, runId, id, scope } = workspace;
      const known = await observed(workspace, id, 'text');
      const before = await snapshot(scope);
      await expect(
        documents.recordContent([known, { ...known, documentId: createId() }], { runId }),
      ).rejects.toMatchObject({
        code: 'db.not-found',
      });
      const [other = ''] = await registered(workspace, `${URI}/other`);
      const bytesHash = contentHash('never recorded');
      await expect(
        documents.recordContent([known, { ...known, documentId: other, bytesHash }], { runId }),
      ).rejects.toMatchObject({
        code: 'db.foreign-key-violation',
      });
      expect((await snapshot(scope)).document_versions).toEqual(before.document_versions);
      expect((await documents.find(id))?.version).toBe(0);
    });

    it('sends as many statements for 200 documents as for 2', async () => {
      const workspace = await openDocuments(data());
      const ids = await registered(workspace, ...Array.from({ length: 202 }, (_, place) => `${URI}/${place}`));
      const content = await observed(workspace, '', 'text');
      const record = (some: readonly string[]) =>
        statementsOf(() =>
          workspace.documents.recordContent(
            some.map((documentId) => ({ ...content, documentId })),
            { runId: workspace.runId },
          ),
        );
      const few = await record(ids.slice(0, 2));
      expect(await record(ids.slice(2))).toHaveLength(few.length);
      expect(few.length).toBeLessThanOrEqual(4);
    });
  });

  describe('marking gone', () => {
    it('makes a deleted version of a document with content, and a restored one when it is back', async () => {
      const workspace = await openPage();
      const { documents, runId, id, scope } = workspace;
      await hold(workspace, id, 'text', { title: 'Title' });
      const gone = clock.advance(1000);
      expect(await documents.markGone([id], { runId })).toBe(1);
      expect(await documents.find(id)).toMatchObject({
        title: 'Title',
        version: 2,
        bytesHash: null,
        textHash: null,
        mimeType: null,
        contentLength: null,
        goneAt: gone,
        changedAt: gone,
      });
      await expectSound(scope);
      expect(await hold(workspace, id, 'text')).toEqual({ change: 'restored', version: 3 });
      expect((await documents.find(id))?.goneAt).toBeNull();
      expect(await actions(workspace, id)).toEqual(['3 restored', '2 deleted', '1 created']);
      await expectSound(scope);
    });

    it('makes no version of a document without content, whose first content is created later', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      expect(await documents.markGone([id], { runId })).toBe(1);
      expect(await documents.find(id)).toMatchObject({ version: 0, goneAt: clock.now() });
      expect(await hold(workspace, id, 'text')).toEqual({ change: 'created', version: 1 });
      expect((await documents.find(id))?.goneAt).toBeNull();
    });

    it('restores what was named again before it was fetched', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      await hold(workspace, id, 'text');
      await documents.markGone([id], { runId });
      await registered(workspace, URI);
      expect((await documents.find(id))?.goneAt).toBeNull();
      expect((await hold(workspace, id, 'text')).change).toBe('restored');
    });

    it('counts each document once, and leaves alone what is unknown or gone already', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      await hold(workspace, id, 'text');
      expect(await documents.markGone([id, id, createId()], { runId })).toBe(1);
      const gone = (await documents.find(id))?.goneAt;
      clock.advance(1000);
      expect(await documents.markGone([id], { runId })).toBe(0);
      expect((await documents.find(id))?.goneAt).toEqual(gone);
      expect(await actions(workspace, id)).toEqual(['2 deleted', '1 created']);
      expect(await documents.markGone([], { runId })).toBe(0);
    });
  });

  describe('restoring', () => {
    it('makes an earlier version the current one, and stale what has read another', async () => {
      const workspace = await openPage();
      const { documents, stages, runId, id, scope } = workspace;
      await hold(workspace, id, 'one', { mimeType: 'text/plain', meta: { part: 1 } });
      await hold(workspace, id, 'two', { meta: { part: 2 } });
      await stages.set([{ documentId: id, stage: 'outline', status: 'completed', runId }]);
      expect(await documents.restore(id, 1, { runId })).toBe(3);
      expect(await documents.find(id)).toMatchObject({
        version: 3,
        textHash: contentHash('one'),
        mimeType: 'text/plain',
        meta: { part: 1 },
        stages: { outline: { status: 'stale' } },
      });
      expect(await actions(workspace, id)).toEqual(['3 restored', '2 updated', '1 created']);
      await expectSound(scope);
      expect((await hold(workspace, id, 'one')).change).toBe('unchanged');
    });

    it('brings back a document that was gone', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      await hold(workspace, id, 'one');
      await documents.markGone([id], { runId });
      expect(await documents.restore(id, 1, { runId })).toBe(3);
      expect(await documents.find(id)).toMatchObject({ goneAt: null, textHash: contentHash('one') });
      await expectSound(workspace.scope);
    });

    it('does nothing where the version is the current one', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      await hold(workspace, id, 'one');
      expect(await documents.restore(id, 1, { runId })).toBe(1);
      expect(await actions(workspace, id)).toEqual(['1 created']);
    });

    it('refuses unknown documents and versions, and a version that has nothing to restore', async () => {
      const workspace = await openPage();
      const { documents, runId, id } = workspace;
      await hold(workspace, id, 'one');
      await documents.markGone([id], { runId });
      for (const [documentId, version] of [
        [createId(), 1],
        [id, 2],
        [id, 9],
      ] as const) {
        await expect(documents.restore(documentId, version, { runId })).rejects.toMatchObject({ code: 'db.not-found' });
      }
    });

    it('lists versions in pages', async () => {
      const workspace = await openPage();
      const { documents, id } = workspace;
      for (const text of ['one', 'two', 'three']) await hold(workspace, id, text);
      const first = await documents.versions(id, { limit: 2 });
      expect(first.items.map(({ version }) => version)).toEqual([3, 2]);
      const second = await documents.versions(id, { limit: 2, after: first.next as string });
      expect(second.items.map(({ version }) => version)).toEqual([1]);
      expect(second).not.toHaveProperty('next');
      await expect(documents.versions(id, { after: 'nonsense' })).rejects.toMatchObject({ code: 'db.invalid-cursor' });
    });
  });
}
