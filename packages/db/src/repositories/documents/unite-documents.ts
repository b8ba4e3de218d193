import { contentHash } from '@sheaf/core';
import { inTransaction } from '../../in-transaction.ts';
import type { DataScope } from '../../scope.ts';
import { sql } from '../../sql/statement.ts';
import type { DocumentAlias } from '../document-repository.ts';
import {
  type LockedDocument,
  lockDocuments,
  type ReadDocuments,
  readDocuments,
  withSurvivors,
} from './lock-documents.ts';
import { moveSources } from './move-sources.ts';
import { changesNothing, planUnion, type ReadAlias, readAlias, type UnionPlan } from './plan-union.ts';
import { findOwners, lockUris } from './uri-owners.ts';

interface UnitedDocument {
  readonly documentId: string;
  readonly isMerged: boolean;
}

interface State {
  readonly plan: UnionPlan;
  readonly documents: ReadonlyMap<string, LockedDocument>;
}

/**
 * Known aliases, as of a page fetched again, are settled by reading. Otherwise this takes the workspace's lock of
 * URIs: in a transaction with other writes it comes first.
 */
export async function uniteDocuments(
  scope: DataScope,
  aliases: readonly DocumentAlias[],
): Promise<readonly UnitedDocument[]> {
  if (aliases.length === 0) return [];
  const read = aliases.map(readAlias);
  const answer = ({ survivors }: UnionPlan) =>
    aliases.map((alias, index) => {
      const documentId = survivors[index] as string;
      return { documentId, isMerged: documentId !== alias.documentId };
    });
  const { plan } = await readState(scope, read, readDocuments);
  if (changesNothing(plan)) return answer(plan);
  return inTransaction(scope, async (inner) => {
    await lockUris(inner, 'exclusive');
    const state = await readState(inner, read, lockDocuments);
    await writeMerges(inner, state);
    await writeRenames(inner, state);
    await writeUris(inner, state.plan);
    return answer(state.plan);
  });
}

async function readState(scope: DataScope, aliases: readonly ReadAlias[], readThem: ReadDocuments): Promise<State> {
  const hashes = aliases.flatMap(({ canonical, aliases: others }) => [canonical, ...others].map(({ hash }) => hash));
  const owners = await findOwners(scope, hashes);
  const asked = aliases.map(({ documentId }) => documentId);
  const found = await withSurvivors(scope, [...asked, ...owners.values()], readThem);
  const documents = new Map([...found.values()].map((document) => [document.id, document]));
  const plan = planUnion(aliases, {
    owners,
    survivors: new Map([...found].map(([id, survivor]) => [id, survivor.id])),
    canonicalHashes: new Map([...documents].map(([id, { uriHash }]) => [id, uriHash])),
  });
  return { plan, documents };
}

async function writeMerges(scope: DataScope, { plan: { merges }, documents }: State): Promise<void> {
  if (merges.length === 0) return;
  const { sql: db, workspace, clock } = scope;
  const now = clock.now();
  const ids = merges.map(({ id }) => id);
  // A merged document gives up its URI, which another may take; the hash of its id keeps the column unique.
  const rows = db.dialect.records(
    { id: 'text', into_id: 'text', kind: 'text', free_hash: 'text' },
    merges.map(({ id, intoId, kind }) => [id, intoId, kind, contentHash(id)]),
  );
  await db.execute(sql`
    UPDATE documents SET merged_into_id = r.into_id, uri_hash = r.free_hash
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.id`);
  // Those that were merged earlier point straight at the survivor, so that no one follows a chain.
  await db.execute(sql`
    UPDATE documents SET merged_into_id = r.into_id
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.merged_into_id = r.id`);
  await db.execute(sql`
    UPDATE document_uris SET document_id = r.into_id,
      kind = CASE WHEN document_uris.kind = 'canonical' THEN r.kind ELSE document_uris.kind END
    FROM ${rows} AS r
    WHERE document_uris.workspace_id = ${workspace.id} AND document_uris.document_id = r.id`);
  await db.execute(sql`
    UPDATE document_stages SET status = 'skipped', error_code = 'data.merged',
      error_message = 'The document was merged into another.', updated_at = ${now}
    WHERE workspace_id = ${workspace.id} AND ${db.dialect.isIn(sql`document_id`, ids)}
      AND status IN ('pending', 'stale')`);
  await moveSources(scope, merges);
  await inheritSightings(scope, merges, documents);
}

/** A survivor was first seen when the first of them was, and has a title if one of them had. */
async function inheritSightings(
  { sql: db, workspace }: DataScope,
  merges: UnionPlan['merges'],
  documents: State['documents'],
): Promise<void> {
  const heirs = new Map<string, LockedDocument>();
  for (const { id, intoId } of merges) {
    const from = documents.get(id) as LockedDocument;
    const into = heirs.get(intoId) ?? (documents.get(intoId) as LockedDocument);
    heirs.set(intoId, {
      ...into,
      title: into.title ?? from.title,
      firstSeenAt: new Date(Math.min(from.firstSeenAt.getTime(), into.firstSeenAt.getTime())),
      lastSeenAt: new Date(Math.max(from.lastSeenAt.getTime(), into.lastSeenAt.getTime())),
    });
  }
  const rows = db.dialect.records(
    { id: 'text', title: 'text', first_seen_at: 'datetime', last_seen_at: 'datetime' },
    [...heirs.values()].map(({ id, title, firstSeenAt, lastSeenAt }) => [id, title, firstSeenAt, lastSeenAt]),
  );
  await db.execute(sql`
    UPDATE documents SET title = r.title, first_seen_at = r.first_seen_at, last_seen_at = r.last_seen_at
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.id`);
}

async function writeRenames({ sql: db, workspace }: DataScope, { plan: { renames } }: State): Promise<void> {
  if (renames.length === 0) return;
  const rows = db.dialect.records(
    { id: 'text', uri: 'text', uri_hash: 'text', uri_key: 'text', domain: 'text' },
    renames.map(({ id, to }) => [id, to.uri, to.hash, to.key, to.domain]),
  );
  await db.execute(sql`
    UPDATE documents SET uri = r.uri, uri_hash = r.uri_hash, uri_key = r.uri_key, domain = r.domain
    FROM ${rows} AS r
    WHERE documents.workspace_id = ${workspace.id} AND documents.id = r.id`);
  const kinds = db.dialect.records(
    { uri_hash: 'text', kind: 'text' },
    renames.flatMap(({ to, fromHash, kind }) => [
      [fromHash, kind],
      [to.hash, 'canonical'],
    ]),
  );
  await db.execute(sql`
    UPDATE document_uris SET kind = r.kind
    FROM ${kinds} AS r
    WHERE document_uris.workspace_id = ${workspace.id} AND document_uris.uri_hash = r.uri_hash`);
}

async function writeUris({ sql: db, workspace, clock }: DataScope, { newUris }: UnionPlan): Promise<void> {
  if (newUris.length === 0) return;
  const rows = db.dialect.records(
    { uri_hash: 'text', uri: 'text', document_id: 'text', kind: 'text' },
    newUris.map(({ uri, documentId, kind }) => [uri.hash, uri.uri, documentId, kind]),
  );
  await db.execute(sql`
    INSERT INTO document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)
    SELECT ${workspace.id}, r.uri_hash, r.uri, r.document_id, r.kind, ${clock.now()} FROM ${rows} AS r`);
}
