import { type DataRepositories, dbErrors, type SourceRecord } from '@sheaf/db';
import { tryCanonicalizeUrl } from '@sheaf/web';
import { corpusErrors } from '../errors.ts';

type Repositories = Pick<DataRepositories, 'documents' | 'sources'>;

/** The id of the document that an id or a URL leads to, in any spelling of the URL. @throws `db.not-found`. */
export async function findDocumentId({ documents }: Repositories, name: string): Promise<string> {
  const found = (await documents.find(name)) ?? (await documents.find(canonical(name)));
  if (!found) throw dbErrors.create('not-found', { what: 'document', id: name });
  return found.id;
}

export interface FindSourceOptions {
  /** Its id, or its URI in any spelling. */
  readonly name: string;
  readonly kind?: string | undefined;
}

/** @throws `db.not-found`, `corpus.several-sources`. */
export async function findSource({ sources }: Repositories, { name, kind }: FindSourceOptions): Promise<SourceRecord> {
  const names = new Set([name, canonical(name)]);
  const found = (await sources.list()).filter(
    (one) => (names.has(one.id) || names.has(one.uri)) && (kind === undefined || one.kind === kind),
  );
  const [source, ...others] = found;
  if (!source) throw dbErrors.create('not-found', { what: 'source', id: name });
  if (others.length > 0) {
    throw corpusErrors.create('several-sources', { uri: source.uri, kinds: found.map((one) => one.kind) });
  }
  return source;
}

function canonical(name: string): string {
  return (/^https?:/i.test(name) ? tryCanonicalizeUrl(name) : undefined) ?? name;
}
