import { createId } from '@sheaf/core';
import { describe, expect, it } from 'vitest';
import { storedFiles } from '../support/byte-files.ts';
import { damageContent } from '../support/damage-content.ts';
import { hold, registered, snapshot } from '../support/document-rows.ts';
import { runOf } from '../support/run-rows.ts';
import { type MovingCases, OLD, OTHER, PAGE, type TwoWorkspaces } from './moving-cases.ts';

export function describeRefusedMoves({ data, harness, open, openFilled, finish, move }: MovingCases): void {
  const everything = async ({ red, blue }: TwoWorkspaces) => [
    await snapshot(red.scope),
    await snapshot(blue.scope),
    await storedFiles(data()),
  ];

  describe('nothing is moved', () => {
    it('of documents whose URI the other workspace has, be it an alias', async () => {
      const { red, blue, ids } = await openFilled(PAGE, OTHER);
      await red.documents.unite([{ documentId: ids[0] ?? '', canonicalUri: PAGE, aliases: [OLD], kind: 'redirect' }]);
      await registered(blue, OLD);
      const before = await everything({ red, blue });
      await expect(move([OTHER, PAGE])).rejects.toMatchObject({
        code: 'db.uris-taken',
        message: expect.stringMatching(/"blue" has 1 .*example\.com\/old/),
      });
      expect(await everything({ red, blue })).toEqual(before);
      expect(await move([OTHER])).toMatchObject({ documents: 1 });
    });

    it('while a run is open that they have a part in, or one of its steps', async () => {
      const { red, blue } = await open();
      const [id = '', other = ''] = await registered(red, PAGE, OTHER);
      await hold(red, id, 'text');
      await expect(move([id])).rejects.toMatchObject({
        code: 'db.work-open',
        message: expect.stringContaining(red.runId),
      });
      const { id: runId } = await red.runs.open(runOf());
      await red.steps.plan({ runId, type: 'read', steps: [{ documentId: other }] });
      await expect(move([other])).rejects.toMatchObject({
        code: 'db.work-open',
        message: expect.stringContaining(runId),
      });
      expect((await snapshot(blue.scope)).documents).toEqual([]);
      await red.runs.cancel(runId);
      await finish(red);
      expect(await move([id, other])).toMatchObject({ documents: 2 });
    });

    it('of what does not exist, to where there is nothing, or to where it is', async () => {
      const { red, blue } = await openFilled(PAGE);
      const before = await everything({ red, blue });
      for (const [documents, to, code] of [
        [[PAGE, OTHER], 'blue', 'db.not-found'],
        [[PAGE, createId()], 'blue', 'db.not-found'],
        [[PAGE], 'elsewhere', 'db.unknown-workspace'],
        [[PAGE], 'a\0', 'db.unknown-workspace'],
        [[PAGE], 'red', 'db.same-workspace'],
      ] as const) {
        await expect(move(documents, { to })).rejects.toMatchObject({ code });
      }
      await expect(move([PAGE], { from: 'elsewhere' })).rejects.toMatchObject({ code: 'db.unknown-workspace' });
      expect(await everything({ red, blue })).toEqual(before);
    });

    it('where nothing is chosen, and nothing is recorded', async () => {
      const { red, blue } = await openFilled(PAGE);
      const before = await everything({ red, blue });
      expect(await move([])).toEqual({ documents: 0, moved: {}, copied: {}, dropped: {}, changed: {} });
      expect(await everything({ red, blue })).toEqual(before);
    });

    it('on a dry run, which says what would move', async () => {
      const { red, blue } = await openFilled(PAGE, OTHER);
      const before = await everything({ red, blue });
      const rehearsed = await move([PAGE], { isDryRun: true });
      expect(await everything({ red, blue })).toEqual(before);
      expect(rehearsed).toMatchObject({ documents: 1, moved: { documents: 1 }, copied: { contents: 1 } });
      expect(await move([PAGE])).toEqual(rehearsed);
    });

    if (harness.provider === 'sqlite') {
      it('whose bytes are damaged', async () => {
        const { red, blue, ids } = await openFilled(PAGE);
        const hash = (await red.documents.find(PAGE))?.bytesHash ?? '';
        const before = [await snapshot(red.scope), await snapshot(blue.scope)];
        await damageContent(data(), red.scope, hash);
        await expect(move(ids)).rejects.toMatchObject({ code: 'db.content-corrupt' });
        await red.scope.bytes.remove(hash);
        await expect(move(ids)).rejects.toMatchObject({ code: 'db.content-missing' });
        expect([await snapshot(red.scope), await snapshot(blue.scope)]).toEqual(before);
      });
    }
  });
}
