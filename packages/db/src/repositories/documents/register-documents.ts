import { cleanText, createId } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { DocumentCandidate, RegisterDocumentsOptions, RegisteredDocument } from '../document-repository.ts';
import { type DocumentUriFacts, documentUri } from './document-uri.ts';
import { lockDocuments } from './lock-documents.ts';
import { findOwners, lockUris } from './uri-owners.ts';

const MAX_TITLE_LENGTH = 1_000;

/** One resource of a batch, however often the batch names it. */
interface Found extends DocumentUriFacts {
  readonly title: string | null;
  readonly foundAt: string | null;
}

type Sighting = Found & { readonly documentId: string };

/** A constant number of statements, whatever the number of candidates. */
export async function registerDocuments(
  scope: DataScope,
  candidates: readonly DocumentCandidate[],
  options: RegisterDocumentsOptions,
): Promise<readonly RegisteredDocument[]> {
  if (candidates.length === 0) return [];
  const uris = candidates.map((candidate) => documentUri(candidate.uri));
  const found = distinct(candidates, uris);
  return inTransaction(scope, async (inner) => {
    await lockUris(inner, 'shared');
    const owners = await findOwners(inner, [...found.keys()]);
    const created = await insertDocuments(
      inner,
      [...found.values()].filter(({ hash }) => !owners.has(hash)),
    );
    // What another process added meanwhile is known by now.
    const raced = [...found.keys()].filter((hash) => !owners.has(hash) && !created.has(hash));
    for (const [hash, id] of await findOwners(inner, raced)) owners.set(hash, id);
    const known = sightings(found, owners);
    await touchDocuments(inner, known);
    const all = [...known, ...sightings(found, created)];
    const documentIds = new Map(all.map(({ hash, documentId }) => [hash, documentId]));
    if (options.sourceId !== undefined) await tieToSource(inner, all, { ...options, sourceId: options.sourceId });
    const isCounted = new Set<string>();
    return uris.map(({ uri, hash }) => {
      const isNew = created.has(hash) && !isCounted.has(hash);
      isCounted.add(hash);
      const documentId = documentIds.get(hash);
      if (documentId === undefined) throw new Error(`A document has the URI ${uri}, but the URI does not lead to it.`);
      return { uri, documentId, isNew };
    });
  });
}

/** By URI hash, in the order in which they were found, which is that of the ids of new documents. */
function distinct(candidates: readonly DocumentCandidate[], uris: readonly DocumentUriFacts[]): Map<string, Found> {
  const found = new Map<string, Found>();
  candidates.forEach(({ title, foundAt }, index) => {
    const facts = uris[index] as DocumentUriFacts;
    const before = found.get(facts.hash);
    found.set(facts.hash, {
      ...facts,
      title: before?.title ?? cleanTitle(title),
      foundAt: before?.foundAt ?? (foundAt == null ? null : cleanText(foundAt)),
    });
  });
  return found;
}

/** What is blank is no title. */
export function cleanTitle(title: string | null | undefined): string | null {
  return cleanText(title ?? '', MAX_TITLE_LENGTH).trim() || null;
}

/** Gives the new documents' ids by URI hash, without those that another process was first to insert. */
async function insertDocuments(scope: DataScope, found: readonly Found[]): Promise<Map<string, string>> {
  if (found.length === 0) return new Map();
  const { sql: db, workspace, clock } = scope;
  const now = clock.now();
  const rows = db.dialect.records(
    { id: 'text', uri: 'text', uri_hash: 'text', uri_key: 'text', domain: 'text', title: 'text' },
    found.map(({ uri, hash, key, domain, title }) => [createId(), uri, hash, key, domain, title]),
  );
  // Sorted, so that whoever inserts the same URIs at once meets them in the same order.
  const inserted = await db.all<{ readonly id: string; readonly uri_hash: string }>(sql`
    INSERT INTO documents
      (workspace_id, id, uri, uri_hash, uri_key, domain, title, version, first_seen_at, last_seen_at)
    SELECT ${workspace.id}, r.id, r.uri, r.uri_hash, r.uri_key, r.domain, r.title, 0, ${now}, ${now}
    FROM ${rows} AS r WHERE true ORDER BY r.uri_hash
    ON CONFLICT (workspace_id, uri_hash) DO NOTHING
    RETURNING id, uri_hash`);
  const created = new Map(inserted.map(({ id, uri_hash }) => [uri_hash, id]));
  const documents = sightings(new Map(found.map((one) => [one.hash, one])), created);
  if (documents.length === 0) return created;
  const uriRows = db.dialect.records(
    { uri_hash: 'text', uri: 'text', document_id: 'text' },
    documents.map(({ hash, uri, documentId }) => [hash, uri, documentId]),
  );
  await db.execute(sql`
    INSERT INTO document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)
    SELECT ${workspace.id}, r.uri_hash, r.uri, r.document_id, 'canonical', ${now} FROM ${uriRows} AS r`);
  await awaitFirstWork(
    scope,
    documents.map(({ documentId }) => documentId),
    scope.registry.stages.filter(({ startsPending }) => startsPending).map(({ name }) => name),
  );
  return created;
}

/**
 * Known documents have been seen now; one that was gone is back, and waits again for the stages that get its content.
 * Those that read content wait for what these find: a version that makes them stale, or none.
 */
async function touchDocuments(scope: DataScope, known: readonly Sighting[]): Promise<void> {
  if (known.length === 0) return;
  const { sql: db, workspace, clock } = scope;
  const locked = await lockDocuments(
    scope,
    known.map(({ documentId }) => documentId),
  );
  const titles = new Map<string, string | null>();
  for (const { documentId, title } of known) titles.set(documentId, titles.get(documentId) ?? title);
  const rows = db.dialect.records({ id: 'text', title: 'text' }, [...titles]);
  await db.execute(sql`
    UPDATE documents SET last_seen_at = ${db.dialect.greatest(sql`last_seen_at`, sql`${clock.now()}`)},
      title = coalesce(documents.title, r.title), gone_at = NULL
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.id`);
  await awaitFirstWork(
    scope,
    [...locked.values()].filter(({ isGone }) => isGone).map(({ id }) => id),
    scope.registry.stages
      .filter(({ startsPending, readsContent }) => startsPending && !readsContent)
      .map(({ name }) => name),
  );
}

/** Sets stages to pending, whatever they were; the run of the latest result stays. */
async function awaitFirstWork(
  { sql: db, workspace, clock }: DataScope,
  documentIds: readonly string[],
  stages: readonly string[],
): Promise<void> {
  if (documentIds.length === 0 || stages.length === 0) return;
  const rows = db.dialect.records(
    { document_id: 'text', stage: 'text' },
    documentIds.flatMap((id) => stages.map((stage) => [id, stage])),
  );
  await db.execute(sql`
    INSERT INTO document_stages (workspace_id, document_id, stage, variant, status, updated_at)
    SELECT ${workspace.id}, r.document_id, r.stage, 'default', 'pending', ${clock.now()} FROM ${rows} AS r WHERE true
    ON CONFLICT (workspace_id, document_id, stage, variant) DO UPDATE
    SET status = 'pending', error_code = NULL, error_message = NULL, updated_at = excluded.updated_at`);
}

async function tieToSource(
  { sql: db, workspace, clock }: DataScope,
  seen: readonly Sighting[],
  { sourceId, method, runId }: RegisterDocumentsOptions & { readonly sourceId: string },
): Promise<void> {
  const now = clock.now();
  const places = new Map<string, string | null>();
  for (const { documentId, foundAt } of seen) places.set(documentId, places.get(documentId) ?? foundAt);
  const rows = db.dialect.records({ document_id: 'text', found_at: 'text' }, [...places]);
  // How it was found first stays; a run that sees it takes over from the run that saw it before.
  await db.execute(sql`
    INSERT INTO document_sources
      (workspace_id, document_id, source_id, method, found_at, run_id, first_seen_at, last_seen_at)
    SELECT ${workspace.id}, r.document_id, ${sourceId}, ${method}, r.found_at, ${runId ?? null}, ${now}, ${now}
    FROM ${rows} AS r WHERE true ORDER BY r.document_id
    ON CONFLICT (workspace_id, document_id, source_id) DO UPDATE
    SET last_seen_at = ${db.dialect.greatest(sql`document_sources.last_seen_at`, sql`excluded.last_seen_at`)},
      found_at = coalesce(document_sources.found_at, excluded.found_at),
      run_id = coalesce(excluded.run_id, document_sources.run_id), gone_at = NULL`);
}

function sightings(found: ReadonlyMap<string, Found>, ids: ReadonlyMap<string, string>): readonly Sighting[] {
  return [...found.values()].flatMap((one) => {
    const documentId = ids.get(one.hash);
    return documentId === undefined ? [] : [{ ...one, documentId }];
  });
}
