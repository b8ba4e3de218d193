import { describe, expect, it } from 'vitest';
import { createTestClock } from '../test-clock.ts';
import type { ContractHarness } from './contract-harness.ts';
import { useData } from './support/use-data.ts';

/** What `WorkspaceRepository` promises, whatever the database. */
export function workspacesContract(harness: ContractHarness): void {
  describe(`workspaces on ${harness.name}`, () => {
    const clock = createTestClock();
    const data = useData(harness, () => ({ clock }));

    it('are made once, with a name', async () => {
      const { workspaces } = data().service;
      const made = await workspaces.create({ slug: 'red', name: 'The R\0ed' });
      expect(made).toEqual({ id: expect.any(Number), slug: 'red', name: 'The Red', createdAt: clock.now() });
      expect(await workspaces.find('red')).toEqual(made);
      expect(await workspaces.create({ slug: 'blue' })).toMatchObject({ slug: 'blue', name: 'blue' });
      expect((await workspaces.list()).map(({ slug }) => slug)).toEqual(['red', 'blue']);
      await expect(workspaces.create({ slug: 'red' })).rejects.toMatchObject({ code: 'db.workspace-exists' });
      expect(await workspaces.find('red')).toEqual(made);
    });

    it('are there after asking for them, whoever asked first', async () => {
      const { workspaces } = data().service;
      const made = await Promise.all(Array.from({ length: 12 }, () => workspaces.ensure('shared')));
      expect(new Set(made.map(({ id }) => id)).size).toBe(1);
      expect(await workspaces.list()).toEqual([made[0]]);
      clock.advance(1000);
      expect(await workspaces.ensure('shared')).toEqual(made[0]);
    });

    it('have slugs of 1 to 63 lower-case letters, digits and hyphens', async () => {
      const { workspaces } = data().service;
      for (const slug of ['a', '7', 'a-b', '9-', 'x'.repeat(63)]) {
        expect((await workspaces.create({ slug })).slug).toBe(slug);
      }
      for (const slug of ['', '-a', 'A', 'a_b', 'a b', 'ä', 'a\n', 'x'.repeat(64), '../a', 'a\0']) {
        await expect(workspaces.create({ slug })).rejects.toMatchObject({ code: 'db.invalid-slug' });
        await expect(workspaces.ensure(slug)).rejects.toMatchObject({ code: 'db.invalid-slug' });
        expect(await workspaces.find(slug)).toBeUndefined();
      }
    });

    it('can be renamed: what people read, what commands name, or both', async () => {
      const { workspaces } = data().service;
      const made = await workspaces.ensure('red');
      expect(await workspaces.rename('red', { name: 'Crim\0son' })).toEqual({ ...made, name: 'Crimson' });
      expect(await workspaces.rename('red', { slug: 'crimson' })).toEqual({
        ...made,
        slug: 'crimson',
        name: 'Crimson',
      });
      expect(await workspaces.find('red')).toBeUndefined();
      const both = { ...made, slug: 'ruby', name: 'Ruby' };
      expect(await workspaces.rename('crimson', { slug: 'ruby', name: 'Ruby' })).toEqual(both);
      expect(await workspaces.list()).toEqual([both]);
    });

    it('are not renamed to what another one is called, nor to what cannot be a slug', async () => {
      const { workspaces } = data().service;
      const made = [await workspaces.ensure('red'), await workspaces.ensure('blue')];
      await expect(workspaces.rename('red', { slug: 'blue' })).rejects.toMatchObject({ code: 'db.workspace-exists' });
      await expect(workspaces.rename('red', { slug: 'Red' })).rejects.toMatchObject({ code: 'db.invalid-slug' });
      await expect(workspaces.rename('green', { name: 'Green' })).rejects.toMatchObject({
        code: 'db.unknown-workspace',
      });
      expect(await workspaces.list()).toEqual(made);
    });
  });
}
