import type { RegisteredDocument } from '@sheaf/db';
import type { Discovery, MapMethod } from './discovery.ts';
import type { NewMapResult } from './repositories/map-result-repository.ts';

/** One result a document, however many of its addresses were found; the first says how. */
export function toResults(
  discoveries: readonly Discovery[],
  registered: readonly RegisteredDocument[],
  method: MapMethod,
): readonly NewMapResult[] {
  const results = new Map<string, NewMapResult>();
  registered.forEach(({ documentId, isNew }, index) => {
    const found = discoveries[index] as Discovery;
    const before = results.get(documentId);
    if (before) {
      results.set(documentId, { ...before, isNew: before.isNew || isNew });
      return;
    }
    results.set(documentId, {
      documentId,
      method,
      depth: found.depth,
      foundAt: found.foundAt,
      title: found.title ?? null,
      modifiedAt: found.modifiedAt ?? null,
      isNew,
      meta: found.meta ?? null,
    });
  });
  return [...results.values()];
}
