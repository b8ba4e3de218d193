import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { type DocumentWorkspace, hold, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import { recordFetches } from '../support/fetch-rows.ts';
import { runOf, units } from '../support/run-rows.ts';
import type { DeletionCases } from './deletion-cases.ts';

const DAY = 24 * 60 * 60 * 1000;

export function describeRunPruning({ data, clock }: DeletionCases): void {
  const open = async (): Promise<DocumentWorkspace> => {
    const workspace = await openDocuments(data());
    // The run of the workspace itself shall be none that is open.
    await workspace.runs.finish({ runId: workspace.runId, status: 'completed' });
    return workspace;
  };
  /** A run that fetches documents and ends, a day after the one before. */
  const fetchRun = async (
    workspace: DocumentWorkspace,
    ids: readonly string[],
    tool = 'shop.fetch',
  ): Promise<string> => {
    clock.advance(DAY);
    const { runs, steps } = workspace;
    const { id } = await runs.open(runOf({ tool }));
    await steps.plan({ runId: id, type: `work-${id}`, steps: units(2) });
    await runs.addEvents(id, [{ level: 'info', message: 'at work' }]);
    await recordFetches(workspace, id, ids);
    await runs.cancel(id);
    return id;
  };
  const runIds = async ({ runs }: DocumentWorkspace): Promise<readonly string[]> =>
    (await runs.page({ tool: 'shop.fetch' })).items.map(({ id }) => id).toReversed();
  const results = async ({ scope }: DocumentWorkspace): Promise<readonly string[]> => {
    const rows = await scope.sql.all<{ readonly run_id: string; readonly document_id: string }>(
      sql`SELECT run_id, document_id FROM fetch_results ORDER BY run_id, document_id`,
    );
    return rows.map(({ run_id, document_id }) => `${run_id} ${document_id}`);
  };

  describe('pruning runs', () => {
    it('removes old ones that nothing current names, and of the others what is superseded', async () => {
      const workspace = await open();
      const [a = '', b = ''] = await registered(workspace, 'https://example.com/a', 'https://example.com/b');
      const first = await fetchRun(workspace, [a, b]);
      const second = await fetchRun(workspace, [a, b]);
      const third = await fetchRun(workspace, [a]);
      const before = await snapshot(workspace.scope);
      const { deleted } = await workspace.runs.prune({ olderThanMs: 0 });
      // The run of the workspace itself has no results and no steps.
      expect(deleted).toMatchObject({ runs: 2, fetch_results: 3, run_items: 2, steps: 2, run_events: 1 });
      expect(await runIds(workspace)).toEqual([second, third]);
      expect(await results(workspace)).toEqual([`${second} ${b}`, `${third} ${a}`]);
      expect(await workspace.runs.find(first)).toBeUndefined();
      const after = await snapshot(workspace.scope);
      for (const table of ['documents', 'document_stages', 'document_uris', 'document_sources', 'contents'] as const) {
        expect({ table, rows: after[table] }).toEqual({ table, rows: before[table] });
      }
      // What is left of the second run is as it was.
      expect(await workspace.runs.events(second)).toHaveLength(1);
      expect((await workspace.runs.find(second))?.items.total).toBe(2);
    });

    it('takes those that are old enough and not among the newest of their tool', async () => {
      const workspace = await open();
      const [a = ''] = await registered(workspace, 'https://example.com/a');
      const [, second = '', third = '', fourth = ''] = [
        await fetchRun(workspace, [a]),
        await fetchRun(workspace, [a]),
        await fetchRun(workspace, [a]),
        await fetchRun(workspace, [a]),
      ];
      const other = await fetchRun(workspace, [], 'shop.other');
      expect(await workspace.runs.prune({})).toEqual({ deleted: {}, changed: {} });
      await workspace.runs.prune({ keep: 3 });
      expect(await runIds(workspace)).toEqual([second, third, fourth]);
      await workspace.runs.prune({ keep: 2, olderThanMs: 10 * DAY });
      expect(await runIds(workspace)).toEqual([second, third, fourth]);
      await workspace.runs.prune({ keep: 0, olderThanMs: 2 * DAY });
      expect(await runIds(workspace)).toEqual([fourth]);
      expect(await workspace.runs.find(other)).toBeDefined();
    });

    it('spares open runs and all that began after one', async () => {
      const workspace = await open();
      const [a = ''] = await registered(workspace, 'https://example.com/a');
      const { id: parent } = await workspace.runs.open(runOf({ tool: 'shop.all' }));
      const part = await fetchRun(workspace, [a]);
      const again = await fetchRun(workspace, [a]);
      await workspace.runs.prune({ olderThanMs: 0 });
      expect(await runIds(workspace)).toEqual([part, again]);
      await workspace.runs.finish({ runId: parent, status: 'completed' });
      await workspace.runs.prune({ olderThanMs: 0 });
      expect(await runIds(workspace)).toEqual([again]);
    });

    it('keeps the run that found a document, and every version', async () => {
      const workspace = await open();
      const { runs, documents, source } = workspace;
      clock.advance(DAY);
      const { id: finder } = await runs.open(runOf({ tool: 'shop.map' }));
      await documents.register([{ uri: 'https://example.com/a' }], {
        sourceId: source.id,
        method: 'crawl',
        runId: finder,
      });
      await runs.finish({ runId: finder, status: 'completed' });
      const { id: maker } = await runs.open(runOf({ tool: 'shop.fetch' }));
      const { id = '' } = (await documents.find('https://example.com/a')) ?? {};
      await hold({ ...workspace, runId: maker }, id, 'first');
      await runs.finish({ runId: maker, status: 'completed' });
      clock.advance(DAY);
      expect(await runs.prune({ olderThanMs: 0 })).toMatchObject({ changed: { document_versions: 1 } });
      expect(await runs.find(finder)).toBeDefined();
      expect(await runs.find(maker)).toBeUndefined();
      const { items } = await documents.versions(id);
      expect(items.map(({ version, runId }) => [version, runId])).toEqual([[1, null]]);
    });

    it('says on a dry run what would go, and removes nothing; and leaves other workspaces alone', async () => {
      const workspace = await open();
      const [a = ''] = await registered(workspace, 'https://example.com/a');
      await fetchRun(workspace, [a]);
      await fetchRun(workspace, [a]);
      const before = await results(workspace);
      await (await data().repositories('other')).runs.prune({ olderThanMs: 0 });
      const rehearsed = await workspace.runs.prune({ olderThanMs: 0, isDryRun: true });
      expect(rehearsed.deleted).toMatchObject({ runs: 2, fetch_results: 1 });
      expect(await results(workspace)).toEqual(before);
      expect(await workspace.runs.prune({ olderThanMs: 0 })).toEqual(rehearsed);
      expect(await workspace.runs.prune({ olderThanMs: 0 })).toEqual({ deleted: {}, changed: {} });
    });
  });
}
