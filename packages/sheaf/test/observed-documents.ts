import type { DataRepositories, DocumentView } from '@sheaf/db';
import type { ExpectedRecord } from '@sheaf/example-site';

/** What the store says of every document, in the words of the example site's expected table. */
export async function observedDocuments(
  data: DataRepositories,
  expected: readonly ExpectedRecord[],
): Promise<readonly Partial<ExpectedRecord>[]> {
  const byUri = new Map(expected.map((record) => [record.uri, record]));
  const observed: Partial<ExpectedRecord>[] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await data.documents.page({ limit: 50, ...(after === undefined ? {} : { after }) });
    for (const item of items) observed.push(await observe(data, item, byUri.get(item.uri)));
    if (next === undefined) return observed.sort((left, right) => ((left.uri ?? '') < (right.uri ?? '') ? -1 : 1));
    after = next;
  }
}

async function observe(
  { documents, contents }: DataRepositories,
  view: DocumentView,
  expected: ExpectedRecord | undefined,
): Promise<Partial<ExpectedRecord>> {
  const uris = await documents.uris(view.id);
  const sources = await documents.sources(view.id);
  const versions = (await documents.versions(view.id)).items.filter(({ action }) => action !== 'deleted');
  const text = view.textHash ? new TextDecoder().decode(await contents.read(view.textHash)) : '';
  const whole = {
    uri: view.uri,
    aliases: uris
      .filter(({ kind }) => kind !== 'canonical')
      .map(({ uri }) => uri)
      .sort(),
    discoveredBy: [...new Set(sources.map(({ method }) => method))],
    lostBy: sources.filter(({ goneAt }) => goneAt).map(({ method }) => method),
    depth: view.facets.map?.depth,
    fetch: view.stages.fetch?.status,
    errorCode: view.stages.fetch?.errorCode ?? undefined,
    httpStatus: view.facets.fetch?.httpStatus,
    title: view.title,
    mimeType: view.mimeType,
    charset: view.facets.fetch?.charset,
    versions: versions.length,
    isGone: view.goneAt !== null,
    textIncludes: (expected?.textIncludes ?? []).filter((phrase) => text.includes(phrase)),
    textExcludes: (expected?.textExcludes ?? []).filter((phrase) => !text.includes(phrase)),
  };
  if (!expected) return whole as Partial<ExpectedRecord>;
  // What the table does not prescribe is not compared; a document found by an alias alone has no finder of its own.
  const entries = Object.entries(whole).filter(([key]) => expected[key as keyof ExpectedRecord] !== undefined);
  const comparable = Object.fromEntries(entries) as Partial<ExpectedRecord>;
  return expected.discoveredBy.length === 0 ? { ...comparable, discoveredBy: [] } : comparable;
}
