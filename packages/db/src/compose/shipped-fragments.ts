import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedSchemaFolder } from '../migrate/schema-folder.ts';
import { declaredColumns } from './declared-columns.ts';
import type { FragmentText } from './fragment.ts';

/**
 * The models of the first-party owners as they are shipped, to compose others with where their plugins are not at hand:
 * for tests of a plugin by itself.
 */
export async function shippedFragments(): Promise<FragmentText[]> {
  const folder = join(shippedSchemaFolder(), 'models');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  return Promise.all(
    names.map(async (name) => {
      const models = await readFile(join(folder, name), 'utf8');
      return { owner: name.replace(/\.prisma$/, ''), models, tables: [...declaredColumns(models).keys()] };
    }),
  );
}
