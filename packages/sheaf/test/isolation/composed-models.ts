import { type ComposedSchema, compose, dataFragment, type FragmentText, readFragment } from '@sheaf/db';
import { graph } from './tenants.ts';

/** The schema of the first-party plugins, and of others besides. */
export async function composeWith(...others: readonly FragmentText[]): Promise<ComposedSchema> {
  const owners = [{ id: 'data', schema: dataFragment }, ...graph.plugins.filter(({ id }) => id !== 'data')];
  const fragments = owners.flatMap(({ id, schema }) => (schema ? [readFragment({ owner: id, schema })] : []));
  return compose({ fragments: [...(await Promise.all(fragments)), ...others] });
}
