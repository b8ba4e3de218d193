import { describe, expect, it } from 'vitest';
import { hold, openDocuments, registered, snapshot } from '../support/document-rows.ts';
import type { DeletionCases } from './deletion-cases.ts';

const PAGE = 'https://example.com/page';

export function describeWorkspaceDeletion({ data }: DeletionCases): void {
  const fill = async (slug: string) => {
    const workspace = await openDocuments(data(), slug);
    const [id = ''] = await registered(workspace, PAGE);
    await hold(workspace, id, 'text');
    return workspace;
  };

  describe('a workspace', () => {
    it('goes with all it holds, also the default one, which is made anew', async () => {
      const [first, blue] = [await fill('default'), await fill('blue')];
      const before = await snapshot(blue.scope);
      const { workspaces } = data().service;
      const { deleted } = await workspaces.delete('default');
      expect(deleted).toMatchObject({ workspaces: 1, documents: 1, contents: 1, runs: 1, sources: 1 });
      expect(Object.values(await snapshot(first.scope)).flat()).toEqual([]);
      expect(await snapshot(blue.scope)).toEqual(before);
      const again = await data().repositories('default');
      expect(await again.documents.count()).toBe(0);
      expect((await workspaces.find('default'))?.id).not.toBe(first.scope.workspace.id);
    });

    it('that does not exist is refused', async () => {
      for (const slug of ['elsewhere', '', 'A', 'a\0']) {
        await expect(data().service.workspaces.delete(slug)).rejects.toMatchObject({ code: 'db.unknown-workspace' });
      }
    });

    it('stays on a dry run, which says what would go', async () => {
      const { scope } = await fill('blue');
      const before = await snapshot(scope);
      const rehearsed = await data().service.workspaces.delete('blue', { isDryRun: true });
      expect(await snapshot(scope)).toEqual(before);
      expect(await data().service.workspaces.delete('blue')).toEqual(rehearsed);
    });
  });
}
