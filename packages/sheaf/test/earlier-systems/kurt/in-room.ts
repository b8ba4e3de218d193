import { readdirSync } from 'node:fs';
import { page, sitemap } from '../support/sites.ts';
import type { Room } from '../support/use-rooms.ts';

/** The addresses of all documents, in their order. */
export async function urisOf({ data }: Room): Promise<string[]> {
  return (await data.documents.page({ orderBy: 'uri', limit: 1_000 })).items.map(({ uri }) => uri);
}

export function register({ data }: Room, ...uris: readonly string[]) {
  return data.documents.register(
    uris.map((uri) => ({ uri })),
    { method: 'cli' },
  );
}

export async function textOf({ data }: Room, uri: string): Promise<string> {
  const document = await data.documents.find(uri);
  return new TextDecoder().decode(await data.contents.read(document?.textHash ?? ''));
}

export function openRun({ data }: Room) {
  return data.runs.open({
    tool: 'kurt.test',
    input: {},
    inputDigest: 'kurt',
    workerId: 'one',
    leaseMs: 60_000,
    resume: false,
  });
}

/** A site of two pages, mapped and fetched. */
export async function ingestTwo({ site, map, fetch }: Room) {
  site.serve({
    '/sitemap.xml': sitemap(`${site.origin}/a`, `${site.origin}/b`),
    '/a': page('A', 'The text of a.', '<meta name="author" content="Ada">'),
    '/b': page('B', 'The text of b.'),
  });
  const mapped = await map.run({ source: site.origin });
  return { mapped, fetched: await fetch.run({}) };
}

/** Paths of all files in a folder, relative to it. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1));
}
