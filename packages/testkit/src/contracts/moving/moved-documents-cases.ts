import { describe, expect, it } from 'vitest';
import { ageFiles } from '../support/byte-files.ts';
import { type DocumentWorkspace, expectSound, hold, registered, snapshot } from '../support/document-rows.ts';
import { recordFetches } from '../support/fetch-rows.ts';
import { lifecycleRows, runOf } from '../support/run-rows.ts';
import { type MovingCases, OLD, OTHER, PAGE, uris } from './moving-cases.ts';

export function describeMovedDocuments({
  data,
  clock,
  statementsOf,
  open,
  openFilled,
  finish,
  move,
}: MovingCases): void {
  const textOf = async ({ contents, documents }: DocumentWorkspace, uri: string) =>
    new TextDecoder().decode(await contents.read((await documents.find(uri))?.bytesHash ?? ''));

  describe('a document', () => {
    it('goes with its id and its content, by its id, its URI or an alias', async () => {
      const { red, blue, ids } = await openFilled(PAGE);
      const [id = ''] = ids;
      await red.documents.unite([{ documentId: id, canonicalUri: PAGE, aliases: [OLD], kind: 'redirect' }]);
      const before = await red.documents.find(PAGE);
      for (const [place, name] of [id, PAGE, OLD].entries()) {
        const [from, to] = place % 2 === 0 ? [red, blue] : [blue, red];
        const slugs = { from: from.scope.workspace.slug, to: to.scope.workspace.slug };
        expect(await move([name, PAGE], slugs)).toMatchObject({
          documents: 1,
          moved: { documents: 1, document_uris: 2 },
        });
        expect(await from.documents.find(PAGE)).toBeUndefined();
        expect(await to.documents.find(OLD)).toEqual(before);
        expect(await textOf(to, PAGE)).toBe('<p>text 0');
        for (const one of [red, blue]) await expectSound(one.scope);
      }
    });

    it('takes with it what was merged into it, and is what a merged one leads to', async () => {
      const { red, blue, ids } = await openFilled(PAGE, OTHER);
      const [survivor = '', merged = ''] = ids;
      await red.documents.unite([{ documentId: merged, canonicalUri: PAGE, aliases: [OTHER], kind: 'redirect' }]);
      expect(await move([merged])).toMatchObject({ documents: 1, moved: { documents: 2, document_versions: 2 } });
      expect((await blue.documents.find(merged))?.id).toBe(survivor);
      expect((await snapshot(red.scope)).documents).toEqual([]);
      await expectSound(blue.scope);
    });

    it('is recorded with who moved it, in both workspaces, as a run that has ended', async () => {
      const { red, blue } = await openFilled(PAGE);
      clock.advance(1_000);
      const done = await move([PAGE], { actor: 'ada\0' });
      for (const { runs, scope } of [red, blue]) {
        const { items } = await runs.page({ tool: 'data.moveDocuments' });
        expect(items).toMatchObject([
          { actor: 'ada', status: 'completed', input: { from: 'red', to: 'blue' }, output: done, endedAt: clock.now() },
        ]);
        const events = (await lifecycleRows(scope)).filter(({ run_id }) => run_id === items[0]?.id);
        expect(events.map(({ event }) => event)).toEqual(['group_start', 'group_end']);
      }
    });

    it('that shares its bytes with others leaves them theirs, and has its own', async () => {
      const { red, blue } = await open();
      const [one = '', two = ''] = await registered(red, PAGE, OTHER);
      for (const id of [one, two]) await hold(red, id, 'the same');
      await finish(red);
      await move([one]);
      await red.documents.delete([two]);
      await ageFiles(data(), new Date(0));
      clock.advance(365 * 24 * 60 * 60 * 1000);
      expect(await red.contents.prune()).toMatchObject({ contents: 1 });
      expect(await blue.contents.prune()).toMatchObject({ contents: 0, files: 0 });
      expect(await textOf(blue, PAGE)).toBe('<p>the same');
    });

    it('finds its source in the other workspace, under the id that it has there', async () => {
      const { red, blue, ids } = await openFilled(PAGE);
      await move(ids);
      expect(await blue.documents.sources(ids[0] ?? '')).toMatchObject([{ sourceId: blue.source.id }]);
      expect(await blue.sources.list()).toEqual([blue.source]);
      expect(await red.sources.list()).toEqual([red.source]);
    });

    it('takes its part in runs with it: each workspace counts what it has', async () => {
      const { red, blue, ids } = await openFilled(PAGE, OTHER);
      const { id: runId } = await red.runs.open(runOf());
      await red.steps.plan({ runId, type: 'read', steps: ids.map((documentId) => ({ documentId })) });
      const [first, second] = await red.steps.claim({ type: 'read', workerId: 'w', limit: 2, leaseMs: 60_000 });
      if (!first || !second) throw new Error('Two steps were planned.');
      const failed = first.documentId === ids[0] ? first : second;
      await red.steps.complete([failed === first ? second : first]);
      await red.steps.fail([{ ...failed, errorCode: 'x', errorMessage: 'x' }]);
      await red.runs.cancel(runId);
      const total = (await red.runs.find(runId))?.items;
      const { moved } = await move([PAGE]);
      expect(moved).toMatchObject({ run_items: 1, steps: 1 });
      const [here, there] = [(await red.runs.find(runId))?.items, (await blue.runs.find(runId))?.items];
      expect([here?.total, there?.total]).toEqual([1, 1]);
      for (const part of ['completed', 'failed', 'skipped', 'canceled'] as const) {
        expect((here?.[part] ?? 0) + (there?.[part] ?? 0)).toBe(total?.[part]);
      }
      expect(here?.completed).toBe(1);
      await move([PAGE], { from: 'blue', to: 'red' });
      expect((await red.runs.find(runId))?.items).toEqual(total);
      expect((await blue.runs.find(runId))?.items).toMatchObject({ total: 0, completed: 0 });
    });

    it('is found there by the results of its runs', async () => {
      const { red, blue, ids } = await openFilled(PAGE, OTHER);
      const { id: runId } = await red.runs.open(runOf({ tool: 'shop.fetch' }));
      await recordFetches(red, runId, ids);
      await red.runs.finish({ runId, status: 'completed' });
      const before = await red.documents.find(PAGE);
      expect(before?.stages.fetch).toMatchObject({ status: 'completed', runId });
      await move([PAGE]);
      expect(await blue.documents.find(PAGE)).toEqual(before);
      expect(await blue.runs.find(runId)).toMatchObject({ tool: 'shop.fetch', status: 'completed' });
      expect((await lifecycleRows(blue.scope)).filter(({ run_id }) => run_id === runId)).toHaveLength(2);
    });
  });

  it('take as many statements with many documents as with one', async () => {
    const { ids } = await openFilled(...uris(30));
    const ofOne = await statementsOf(() => move(ids.slice(0, 1), { isDryRun: true }));
    const ofMany = await statementsOf(() => move(ids, { isDryRun: true }));
    expect(ofMany.length).toBe(ofOne.length);
  });
}
