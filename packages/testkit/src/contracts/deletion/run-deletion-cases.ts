import { createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { type DocumentWorkspace, hold, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import { recordFetches } from '../support/fetch-rows.ts';
import { runOf } from '../support/run-rows.ts';
import type { DeletionCases } from './deletion-cases.ts';

const PAGE = 'https://example.com/page';

export function describeRunDeletion({ data, clock, statementsOf }: DeletionCases): void {
  const open = () => openDocuments(data());
  const nextRun = async ({ runs }: DocumentWorkspace): Promise<string> => (await runs.open(runOf())).id;
  const end = ({ runs }: DocumentWorkspace, runId: string) => runs.finish({ runId, status: 'completed' });

  const stageOf = async ({ scope }: DocumentWorkspace, documentId: string, stage = 'fetch') =>
    (await snapshot(scope)).document_stages.find((row) => row.document_id === documentId && row.stage === stage);

  describe('a run', () => {
    it('that has not ended is refused', async () => {
      const workspace = await open();
      const { runs, runId, scope } = workspace;
      const before = await snapshot(scope);
      await expect(runs.delete(runId)).rejects.toMatchObject({ code: 'db.run-open' });
      await runs.release(runId, 'worker-1');
      await expect(runs.delete(runId)).rejects.toMatchObject({ code: 'db.run-open' });
      await expect(runs.delete(createId())).rejects.toMatchObject({ code: 'db.not-found' });
      expect((await snapshot(scope)).documents).toEqual(before.documents);
      await runs.cancel(runId);
      expect((await runs.delete(runId)).deleted).toMatchObject({ runs: 1 });
      expect(await runs.find(runId)).toBeUndefined();
    });

    it('leaves the versions that it made, and their bytes', async () => {
      const workspace = await open();
      const { documents, runs, runId } = workspace;
      const [id = ''] = await registered(workspace, PAGE);
      await hold(workspace, id, 'text');
      const before = await documents.find(id);
      await end(workspace, runId);
      expect((await runs.delete(runId)).changed).toMatchObject({ document_versions: 1 });
      expect(await documents.find(id)).toEqual(before);
      expect((await documents.versions(id)).items).toMatchObject([{ version: 1, runId: null }]);
      expect(await workspace.contents.read(before?.bytesHash ?? '')).toHaveLength('<p>text'.length);
    });

    it('gives a stage back to the result of the run before', async () => {
      const workspace = await open();
      const { documents, runs, runId } = workspace;
      const [id = '', other = ''] = await registered(workspace, PAGE, 'https://example.com/other');
      await recordFetches(workspace, runId, [id, other], { status: 'failed', errorCode: 'fetch.http-error' });
      const [second, third] = [await nextRun(workspace), await nextRun(workspace)];
      await recordFetches(workspace, second, [id]);
      await recordFetches(workspace, third, [id]);
      await end(workspace, third);
      await end(workspace, second);
      const later = clock.advance(1000);
      expect((await runs.delete(third)).changed).toEqual({ document_stages: 1 });
      expect(await stageOf(workspace, id)).toMatchObject({
        status: 'completed',
        run_id: second,
        input_hash: null,
        config_hash: null,
        error_code: null,
        updated_at: later,
      });
      await runs.delete(second);
      const back = { status: 'failed', run_id: runId, error_code: 'fetch.http-error' };
      expect(await stageOf(workspace, id)).toMatchObject(back);
      expect((await documents.find(id))?.facets.fetch).toBeDefined();
      expect(await stageOf(workspace, other)).toMatchObject({ ...back, input_hash: `input of ${runId}` });
    });

    it('whose result is not the latest leaves the stage as it is', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE);
      await recordFetches(workspace, workspace.runId, [id]);
      const second = await nextRun(workspace);
      await recordFetches(workspace, second, [id]);
      await end(workspace, workspace.runId);
      const before = await stageOf(workspace, id);
      expect(await workspace.runs.delete(workspace.runId)).toMatchObject({
        deleted: { fetch_results: 1 },
        changed: {},
      });
      expect(await stageOf(workspace, id)).toEqual(before);
    });

    it('lets a stage that waits go on waiting', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE);
      await recordFetches(workspace, workspace.runId, [id], { status: 'failed', errorCode: 'fetch.http-error' });
      const second = await nextRun(workspace);
      await recordFetches(workspace, second, [id]);
      await workspace.stages.set([{ documentId: id, stage: 'fetch', status: 'stale' }]);
      await end(workspace, second);
      await workspace.runs.delete(second);
      expect(await stageOf(workspace, id)).toMatchObject({
        status: 'stale',
        run_id: workspace.runId,
        error_code: null,
      });
    });

    it('without one before it makes documents wait again for the stages that they wait for, and for no others', async () => {
      const workspace = await open();
      const { documents, stages, runs, runId } = workspace;
      const [id = ''] = await registered(workspace, PAGE);
      await recordFetches(workspace, runId, [id], { status: 'failed', errorCode: 'fetch.http-error' });
      await stages.set([
        { documentId: id, stage: 'map', status: 'completed', runId },
        { documentId: id, stage: 'fetch', variant: 'mobile', status: 'completed', runId },
        { documentId: id, stage: 'unknown', status: 'completed', runId },
      ]);
      await end(workspace, runId);
      expect(await runs.delete(runId)).toEqual({
        deleted: { document_stages: 3, fetch_results: 1, lifecycle_events: 2, runs: 1 },
        changed: { document_stages: 1 },
      });
      const view = await documents.find(id);
      expect(view?.stages).toMatchObject({
        fetch: { status: 'pending', runId: null, errorCode: null },
        outline: { status: 'pending' },
      });
      expect(view?.facets).toEqual({});
      expect((await snapshot(workspace.scope)).document_stages).toHaveLength(2);
    });

    it('leaves a document that was merged waiting for nothing', async () => {
      const workspace = await open();
      const { documents, runs, runId } = workspace;
      const [, merged = ''] = await registered(workspace, PAGE, 'https://example.com/old');
      await recordFetches(workspace, runId, [merged]);
      await documents.unite([
        { documentId: merged, canonicalUri: PAGE, aliases: ['https://example.com/old'], kind: 'redirect' },
      ]);
      await end(workspace, runId);
      await runs.delete(runId);
      expect(await stageOf(workspace, merged)).toMatchObject({
        status: 'skipped',
        run_id: null,
        error_code: 'data.merged',
      });
    });

    it('is no longer what saw a document last', async () => {
      const workspace = await open();
      const { documents, source, runs, runId, scope } = workspace;
      await documents.register([{ uri: PAGE }], { sourceId: source.id, method: 'crawl', runId });
      await end(workspace, runId);
      expect((await runs.delete(runId)).changed).toMatchObject({ document_sources: 1 });
      expect((await snapshot(scope)).document_sources).toMatchObject([{ run_id: null, gone_at: null }]);
    });

    it('is deleted by as many statements with many results as with one', async () => {
      const workspace = await open();
      const uris = Array.from({ length: 700 }, (_, place) => `https://example.com/${place}`);
      const ids = await registered(workspace, ...uris);
      const [few, many] = [await nextRun(workspace), await nextRun(workspace)];
      await recordFetches(workspace, few, ids.slice(0, 1));
      await recordFetches(workspace, many, ids);
      await end(workspace, few);
      await end(workspace, many);
      const ofMany = await statementsOf(() => workspace.runs.delete(many));
      const ofFew = await statementsOf(() => workspace.runs.delete(few));
      expect(ofMany.length).toBe(ofFew.length);
      const counts = await workspace.documents.countsByStage();
      expect(counts).toContainEqual({ stage: 'fetch', status: 'pending', count: 700 });
    });

    it('says on a dry run what it would do, and does nothing', async () => {
      const workspace = await open();
      const [id = ''] = await registered(workspace, PAGE);
      await recordFetches(workspace, workspace.runId, [id]);
      await end(workspace, workspace.runId);
      const before = await snapshot(workspace.scope);
      const rehearsed = await workspace.runs.delete(workspace.runId, { isDryRun: true });
      expect(await snapshot(workspace.scope)).toEqual(before);
      expect(rehearsed.deleted).toMatchObject({ runs: 1, fetch_results: 1 });
      expect(await workspace.runs.delete(workspace.runId)).toEqual(rehearsed);
    });
  });
}
