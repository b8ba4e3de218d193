import type { StageStatus } from '@sheaf/core';
import type { DocumentFilter, DocumentRepository } from '@sheaf/db';
import { canonicalizeUrl } from '@sheaf/web';
import { fetchErrors } from '../errors.ts';
import type { FetchInput } from './fetch-input.ts';

/** Documents named at once in one statement, at the most. */
const CHUNK = 500;

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The documents that were asked for by name. */
export interface NamedDocuments {
  readonly ids: readonly string[];
  /** Web addresses that are no documents yet; only a dry run leaves any. */
  readonly newUris: readonly string[];
}

export interface NameDocumentsOptions {
  readonly input: Pick<FetchInput, 'url' | 'ids' | 'dryRun'>;
  readonly documents: DocumentRepository;
}

/**
 * Finds the documents that are named, by id or address; a web address that is new is registered, unless this is a dry
 * run. Undefined when none is named.
 *
 * @throws `fetch.unknown-document` with all that are unknown; `web.invalid-url`, `web.url-too-long`.
 */
export async function nameDocuments({ input, documents }: NameDocumentsOptions): Promise<NamedDocuments | undefined> {
  const names = [...input.ids, ...input.url];
  if (names.length === 0) return undefined;
  const isWeb = (name: string): boolean => !ID.test(name) && !/^file:/i.test(name);
  const addresses = [...new Set(input.url.filter(isWeb).map((address) => canonicalizeUrl(address)))];
  const others = [...new Set([...input.ids, ...input.url.filter((name) => !isWeb(name))])];
  const ids = new Set<string>();
  const unknown: string[] = [];
  const newUris: string[] = [];
  for (const name of others) {
    const found = await documents.find(/^file:/i.test(name) ? new URL(name).href : name);
    if (found) ids.add(found.id);
    else unknown.push(name);
  }
  if (unknown.length > 0) throw fetchErrors.create('unknown-document', { names: unknown });
  for (let start = 0; start < addresses.length; start += CHUNK) {
    const chunk = addresses.slice(start, start + CHUNK);
    if (input.dryRun) {
      for (const uri of chunk) {
        const found = await documents.find(uri);
        if (found) ids.add(found.id);
        else newUris.push(uri);
      }
    } else {
      const registered = await documents.register(
        chunk.map((uri) => ({ uri })),
        { method: 'cli' },
      );
      for (const { documentId } of registered) ids.add(documentId);
    }
  }
  return { ids: [...ids], newUris };
}

/** The selection that an input asks for. What is named is taken whatever its status, and even if it is gone. */
export function selectionOf(input: FetchInput, named: NamedDocuments | undefined): DocumentFilter {
  const statuses = statusesOf(input, named !== undefined);
  return {
    ...(named ? { ids: named.ids } : { isGone: false }),
    ...(statuses ? { stage: { stage: 'fetch', statuses } } : {}),
    ...(input.include.length > 0 ? { include: input.include } : {}),
    ...(input.exclude.length > 0 ? { exclude: input.exclude } : {}),
    ...(input.domain === undefined ? {} : { domain: input.domain }),
    ...(input.contains === undefined ? {} : { uriContains: input.contains }),
    ...(input.source === undefined ? {} : { sourceId: input.source }),
    ...(input.foundBy === undefined ? {} : { foundByRun: input.foundBy }),
  };
}

/** Undefined for any status. */
function statusesOf({ status, retryFailed, refetch, force }: FetchInput, isNamed: boolean): StageStatus[] | undefined {
  const isAny = isNamed || refetch || force;
  if (status === undefined && isAny) return undefined;
  const statuses = new Set<StageStatus>(status ?? ['pending', 'stale']);
  if (retryFailed) statuses.add('failed');
  return [...statuses];
}
