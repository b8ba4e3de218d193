import './sources.mjs';

const { composeToFolder, dataFragment, readFragment } = await import('../../packages/db/src/index.ts');
const { firstPartyPlugins } = await import('../../packages/sheaf/src/first-party-plugins.ts');

/** Composes the first-party fragments into a schema folder; see `composeToFolder`. */
export async function composeRepository({ folder, check = false }) {
  const owners = [{ id: 'data', schema: dataFragment }, ...firstPartyPlugins()].filter(({ schema }) => schema);
  return composeToFolder({
    folder,
    check,
    clientOutput: (provider) => `../../packages/client/src/generated/${provider}`,
    fragments: await Promise.all(owners.map(({ id, schema }) => readFragment({ owner: id, schema }))),
  });
}
