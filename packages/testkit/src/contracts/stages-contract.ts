import { createId, type StageDeclaration } from '@sheaf/core';
import { createScope, type DataScope } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { documentRegistry, openDocuments, registered, snapshot } from './support/document-rows.ts';
import { runOf } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const START = '2026-05-04T03:02:01.007Z';

/** What `StageRepository` promises, whatever the database. */
export function stagesContract(harness: ContractHarness): void {
  describe(`stages on ${harness.name}`, () => {
    const clock = createTestClock(START);
    let statements = 0;
    const data = useData(harness, () => {
      clock.set(START);
      return {
        clock,
        registry: documentRegistry,
        onStatement: () => {
          statements += 1;
        },
      };
    });
    const rowsOf = async (workspace: Awaited<ReturnType<typeof openDocuments>>, stage: string) =>
      (await snapshot(workspace.scope)).document_stages.filter((row) => row.stage === stage);

    /** The repositories of the same workspace where other plugins are there. */
    const withPlugins = ({ workspace, bytes }: DataScope, stages: readonly StageDeclaration[]) =>
      data().within(
        createScope<unknown>({
          session: data().connection,
          workspace,
          registry: { stages, facets: [] },
          bytes,
          clock,
        }),
      );

    describe('setting', () => {
      it('writes a state and replaces it', async () => {
        const workspace = await openDocuments(data());
        const { stages, runId } = workspace;
        const [documentId = ''] = await registered(workspace, 'https://example.com/');
        await stages.set([
          { documentId, stage: 'map', status: 'completed', runId, inputHash: 'in', configHash: 'config' },
        ]);
        expect(await rowsOf(workspace, 'map')).toEqual([
          {
            workspace_id: workspace.scope.workspace.id,
            document_id: documentId,
            stage: 'map',
            variant: 'default',
            status: 'completed',
            run_id: runId,
            input_hash: 'in',
            config_hash: 'config',
            error_code: null,
            error_message: null,
            updated_at: clock.now(),
          },
        ]);
        const later = clock.advance(1000);
        await stages.set([{ documentId, stage: 'map', status: 'failed', runId, errorCode: 'x', errorMessage: 'a\0b' }]);
        expect(await rowsOf(workspace, 'map')).toMatchObject([
          {
            status: 'failed',
            input_hash: null,
            config_hash: null,
            error_code: 'x',
            error_message: 'ab',
            updated_at: later,
          },
        ]);
      });

      it('keeps the run of the latest result, with what it read, until another run is named', async () => {
        const workspace = await openDocuments(data());
        const { stages, runs, runId } = workspace;
        const [documentId = ''] = await registered(workspace, 'https://example.com/');
        await stages.set([{ documentId, stage: 'map', status: 'completed', runId, inputHash: 'in', configHash: 'c' }]);
        await stages.set([{ documentId, stage: 'map', status: 'stale', errorCode: 'x' }]);
        expect(await rowsOf(workspace, 'map')).toMatchObject([
          { status: 'stale', run_id: runId, input_hash: 'in', config_hash: 'c', error_code: 'x' },
        ]);
        const { id: next } = await runs.open(runOf());
        await stages.set([{ documentId, stage: 'map', status: 'completed', runId: next }]);
        expect(await rowsOf(workspace, 'map')).toMatchObject([
          { status: 'completed', run_id: next, input_hash: null, config_hash: null, error_code: null },
        ]);
      });

      it('keeps variants apart, and takes the last of several updates', async () => {
        const workspace = await openDocuments(data());
        const { stages } = workspace;
        const [documentId = ''] = await registered(workspace, 'https://example.com/');
        await stages.set([
          { documentId, stage: 'map', status: 'pending' },
          { documentId, stage: 'map', variant: 'mobile', status: 'skipped' },
          { documentId, stage: 'map', variant: 'default', status: 'completed' },
        ]);
        const found = (await rowsOf(workspace, 'map')).map(({ variant, status }) => `${variant} ${status}`);
        expect(found.sort()).toEqual(['default completed', 'mobile skipped']);
      });

      it('cuts messages at 2,000 characters', async () => {
        const workspace = await openDocuments(data());
        const [documentId = ''] = await registered(workspace, 'https://example.com/');
        const errorMessage = 'x'.repeat(5_000);
        await workspace.stages.set([{ documentId, stage: 'map', status: 'failed', errorMessage }]);
        expect((await rowsOf(workspace, 'map'))[0]?.error_message).toBe('x'.repeat(2_000));
      });

      it('is one statement for hundreds of documents, and none for none', async () => {
        const workspace = await openDocuments(data());
        const uris = Array.from({ length: 600 }, (_, place) => `https://example.com/${place}`);
        const ids = await registered(workspace, ...uris);
        statements = 0;
        await workspace.stages.set(ids.map((documentId) => ({ documentId, stage: 'map', status: 'completed' })));
        expect(statements).toBe(1);
        await workspace.stages.set([]);
        expect(statements).toBe(1);
        expect(await rowsOf(workspace, 'map')).toHaveLength(600);
      });

      it('refuses documents and runs that do not exist', async () => {
        const workspace = await openDocuments(data());
        const [documentId = ''] = await registered(workspace, 'https://example.com/');
        for (const update of [
          { documentId: createId(), stage: 'map', status: 'completed' },
          { documentId, stage: 'map', status: 'completed', runId: createId() },
        ] as const) {
          await expect(workspace.stages.set([update])).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
        }
        expect(await rowsOf(workspace, 'map')).toEqual([]);
      });
    });

    describe('backfilling', () => {
      it('gives documents the stages of plugins that came later, and leaves the others as they are', async () => {
        const workspace = await openDocuments(data());
        const bare = withPlugins(workspace.scope, []);
        const uris = Array.from({ length: 30 }, (_, place) => ({ uri: `https://example.com/${place}` }));
        const entries = await bare.documents.register(uris, { method: 'cli' });
        const [first, second, third] = entries.map(({ documentId }) => documentId) as [string, string, string];
        await workspace.stages.set([{ documentId: first, stage: 'fetch', status: 'completed' }]);
        await workspace.documents.unite([
          {
            documentId: second,
            canonicalUri: uris[2]?.uri as string,
            aliases: [uris[1]?.uri as string],
            kind: 'redirect',
          },
        ]);
        clock.advance(1000);
        expect(await workspace.stages.backfill()).toBe(29 * 2 - 1);
        expect(await workspace.stages.backfill()).toBe(0);
        expect((await workspace.documents.find(first))?.stages).toMatchObject({
          fetch: { status: 'completed' },
          outline: { status: 'pending', runId: null, updatedAt: clock.now() },
        });
        expect((await workspace.documents.find(third))?.stages.fetch?.status).toBe('pending');
        expect((await snapshot(workspace.scope)).document_stages.some((row) => row.document_id === second)).toBe(false);
        expect(await rowsOf(workspace, 'map')).toEqual([]);
      });

      it('works through more documents than one transaction takes', async () => {
        const workspace = await openDocuments(data());
        const bare = withPlugins(workspace.scope, []);
        const uris = Array.from({ length: 5_003 }, (_, place) => ({ uri: `https://example.com/${place}` }));
        await bare.documents.register(uris, { method: 'cli' });
        expect(await workspace.stages.backfill()).toBe(2 * 5_003);
        expect(await workspace.stages.backfill()).toBe(0);
      });

      it('makes nothing where no stage starts pending', async () => {
        const workspace = await openDocuments(data());
        const bare = withPlugins(workspace.scope, [{ name: 'map' }]);
        await bare.documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
        expect(await bare.stages.backfill()).toBe(0);
      });
    });
  });
}
