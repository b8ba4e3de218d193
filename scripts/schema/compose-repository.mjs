import './sources.mjs';

const { composeToFolder, dataFragment, readFragment } = await import('../../packages/db/src/index.ts');

const fragments = {
  data: dataFragment,
  map: { models: new URL('../../plugins/map/prisma/map.prisma', import.meta.url), tables: ['map_results'] },
  fetch: { models: new URL('../../plugins/fetch/prisma/fetch.prisma', import.meta.url), tables: ['fetch_results'] },
};

/** Composes the first-party fragments into a schema folder; see `composeToFolder`. */
export async function composeRepository({ folder, check = false }) {
  return composeToFolder({
    folder,
    check,
    clientOutput: (provider) => `../../packages/client/src/generated/${provider}`,
    fragments: await Promise.all(Object.entries(fragments).map(([owner, schema]) => readFragment({ owner, schema }))),
  });
}
