import type { StageStatus } from '@sheaf/core';
import type { DeleteOptions, Deletion } from '../deletion/deletion.ts';
import type { DataScope } from '../scope.ts';
import { countDocuments, countsByDomain, countsByStage } from './documents/count-documents.ts';
import { deleteDocuments } from './documents/delete-documents.ts';
import { sourcesOfDocument, urisOfDocument, versionsOfDocument } from './documents/document-details.ts';
import { findDocument, pageOfDocuments, pageOfIdentities } from './documents/list-documents.ts';
import { markGone } from './documents/mark-gone.ts';
import { recordContent } from './documents/record-content.ts';
import { registerDocuments } from './documents/register-documents.ts';
import { restoreVersion } from './documents/restore-version.ts';
import { uniteDocuments } from './documents/unite-documents.ts';
import type { Page, PageOptions } from './page.ts';

/** A URI that something found. It must be canonical already (`canonicalizeUrl` for the web). */
export interface DocumentCandidate {
  readonly uri: string;
  readonly title?: string | null;
  /** The page, sitemap or feed that named it. */
  readonly foundAt?: string | null;
}

export interface RegisterDocumentsOptions {
  /** The source that the candidates come from; without one only the documents are registered. */
  readonly sourceId?: string;
  /** How they were found: sitemap, crawl, feed, folder, cli, … */
  readonly method: string;
  readonly runId?: string;
}

export interface RegisteredDocument {
  readonly uri: string;
  readonly documentId: string;
  readonly isNew: boolean;
}

/** One state of a document's content, as a step found it. */
export interface ObservedContent {
  readonly documentId: string;
  /** Content hash of the bytes, recorded in `contents` before. */
  readonly bytesHash: string;
  /** Hash of the text that was extracted; null where there is none: then the bytes decide about a version. */
  readonly textHash: string | null;
  readonly mimeType: string | null;
  readonly size: number;
  readonly title: string | null;
  readonly meta?: Readonly<Record<string, unknown>> | null;
}

export type ContentChange = 'created' | 'updated' | 'unchanged' | 'restored';

export interface RecordContentOptions {
  readonly runId: string;
  readonly batchId?: string;
}

/** Two URIs of one host turned out to be one document. */
export interface DocumentAlias {
  /** The document that was asked for. */
  readonly documentId: string;
  /** The URI that it really is. */
  readonly canonicalUri: string;
  /** Every URI on the way: all lead to the canonical document from now on. */
  readonly aliases: readonly string[];
  readonly kind: 'redirect' | 'rel-canonical';
}

export interface DeleteDocumentsOptions extends DeleteOptions {
  /** Only the findings of this source go, and the documents that no other source has found. */
  readonly sourceId?: string;
}

/** Which documents. All conditions must hold; none means all that were not merged into another. */
export interface DocumentFilter {
  readonly ids?: readonly string[];
  /** Exact URIs, canonical or alias. */
  readonly uris?: readonly string[];
  /** Case-sensitive substring of the canonical URI. */
  readonly uriContains?: string;
  /** Globs over the canonical URI: `*` any characters, `?` one. At least one of `include`, none of `exclude`. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly domain?: string;
  readonly sourceId?: string;
  /** What this map run was the last to find. */
  readonly foundByRun?: string;
  /** At least one of the statuses in the stage, e.g. `{ stage: 'fetch', statuses: ['pending'] }`. */
  readonly stage?: StageCondition;
  /** Some stage of the plugins in use has failed (true), or none has (false). */
  readonly hasError?: boolean;
  readonly errorCode?: string;
  /** Bytes of the current version, inclusive. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly hasContent?: boolean;
  /** Gone ones only (true), or none of them (false). */
  readonly isGone?: boolean;
  /** Half-open ranges: from inclusive, to exclusive. */
  readonly firstSeen?: DateRange;
  readonly lastSeen?: DateRange;
  readonly changed?: DateRange;
}

export interface StageCondition {
  readonly stage: string;
  readonly statuses: readonly StageStatus[];
  readonly variant?: string;
}

export interface DateRange {
  readonly from?: Date;
  readonly to?: Date;
}

export const DOCUMENT_ORDERS = ['id', 'uri', 'domain', 'title', 'length', 'firstSeen', 'lastSeen', 'changed'] as const;
export type DocumentOrder = (typeof DOCUMENT_ORDERS)[number];

export interface DocumentQuery extends DocumentFilter, PageOptions {
  /** Default `id`: the order of discovery. Rows without a value come last. `uri` goes by the first 200 characters. */
  readonly orderBy?: DocumentOrder;
  readonly descending?: boolean;
}

export interface DocumentIdentity {
  readonly id: string;
  readonly uri: string;
}

/** A document as stored. */
export interface DocumentRecord extends DocumentIdentity {
  readonly domain: string;
  readonly title: string | null;
  readonly version: number;
  readonly bytesHash: string | null;
  readonly textHash: string | null;
  readonly mimeType: string | null;
  readonly contentLength: number | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly changedAt: Date | null;
  readonly goneAt: Date | null;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

export interface StageState {
  readonly status: StageStatus;
  readonly runId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly updatedAt: Date;
}

/** A document with its stages (variant `default`) and what the plugins' latest results say of it. */
export interface DocumentView extends DocumentRecord {
  readonly stages: Readonly<Record<string, StageState>>;
  readonly facets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface DocumentUriRecord {
  readonly uri: string;
  readonly kind: 'canonical' | 'redirect' | 'rel-canonical';
  readonly createdAt: Date;
}

export interface DocumentSourceRecord {
  readonly sourceId: string;
  readonly sourceUri: string;
  readonly method: string;
  readonly foundAt: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly goneAt: Date | null;
}

export interface DocumentVersionRecord {
  readonly version: number;
  readonly action: 'created' | 'updated' | 'deleted' | 'restored';
  readonly bytesHash: string | null;
  readonly textHash: string | null;
  readonly mimeType: string | null;
  readonly size: number | null;
  readonly runId: string | null;
  readonly createdAt: Date;
  readonly meta: Readonly<Record<string, unknown>> | null;
}

export interface StageCount {
  readonly stage: string;
  readonly status: StageStatus;
  readonly count: number;
}

export interface DomainCount {
  readonly domain: string;
  readonly count: number;
}

export interface DocumentRepository {
  /**
   * Registers what was found, in one set-based batch (some hundreds at a time): unknown URIs become documents with
   * their `pending` stages; known ones, aliases included, have `lastSeenAt` touched; each is tied to the source. Gives
   * one entry per candidate, in order; candidates that are one document give the same id, and only the first of them
   * can be new. The same batch twice changes nothing but `lastSeenAt`. A document that was gone is there again and
   * waits for the stages that get its content. A title is taken where there was none.
   *
   * @throws `db.invalid-uri`, `db.foreign-key-violation` for an unknown source; nothing is registered then.
   */
  register(
    candidates: readonly DocumentCandidate[],
    options: RegisterDocumentsOptions,
  ): Promise<readonly RegisteredDocument[]>;
  /**
   * Notes what documents hold now: makes a version where the text (or, without text, the bytes) changed, marks the
   * stages that read content stale then, clears `goneAt`. Gives the change of each, in order. Other bytes around the
   * same text change nothing: a document's bytes are those of its current version. `lastSeenAt` is left to `register`.
   *
   * @throws `db.not-found`, `db.foreign-key-violation` for bytes that are not recorded; nothing is written then.
   */
  recordContent(
    contents: readonly ObservedContent[],
    options: RecordContentOptions,
  ): Promise<readonly { readonly documentId: string; readonly change: ContentChange; readonly version: number }[]>;
  /** Marks documents gone (404, 410, or no source names them any more); those with content get a `deleted` version. */
  markGone(documentIds: readonly string[], options: RecordContentOptions): Promise<number>;
  /**
   * Unites documents under their canonical URI. Where the canonical URI belongs to another document already, the one
   * that was asked for is merged into it: its URIs, sources and history stay reachable through that document.
   * Gives the id of the surviving document for each. In a transaction with other writes it comes first, since it may
   * lock the URIs of the workspace.
   *
   * @throws `db.not-found`, `db.invalid-uri`; nothing is written then.
   */
  unite(
    aliases: readonly DocumentAlias[],
  ): Promise<readonly { readonly documentId: string; readonly isMerged: boolean }[]>;
  /** Makes an earlier version the current one, as a new version with action `restored`. @throws `db.not-found`. */
  restore(documentId: string, version: number, options: RecordContentOptions): Promise<number>;
  /**
   * Deletes documents, by ids or any of their URIs, with all that belongs to them and with what was merged into them.
   * Bytes stay: what other documents share is theirs, and the rest is left to pruning. With a source, only its findings
   * go, and the documents that no other source has found. One transaction.
   *
   * @throws `db.not-found` for what leads to no document, or to none of the source's; nothing is deleted then.
   */
  delete(idsOrUris: readonly string[], options?: DeleteDocumentsOptions): Promise<Deletion>;
  /** By id, or by any of its URIs; a merged document gives the one that it was merged into. */
  find(idOrUri: string): Promise<DocumentView | undefined>;
  /**
   * One SQL statement, whatever the number of plugins.
   *
   * @throws `db.invalid-cursor`, `db.invalid-limit`, `db.unknown-column`.
   */
  page(query?: DocumentQuery): Promise<Page<DocumentView>>;
  /** The same selection and cursor as `page`, ordered by id, without stages and facets: for planning work. */
  identities(query?: DocumentFilter & PageOptions): Promise<Page<DocumentIdentity>>;
  count(filter?: DocumentFilter): Promise<number>;
  countsByStage(filter?: Pick<DocumentFilter, 'sourceId' | 'domain'>): Promise<readonly StageCount[]>;
  /** The domains with the most documents. `limit` defaults to 100. */
  countsByDomain(options?: { readonly limit?: number }): Promise<readonly DomainCount[]>;
  uris(documentId: string): Promise<readonly DocumentUriRecord[]>;
  sources(documentId: string): Promise<readonly DocumentSourceRecord[]>;
  /** Newest first. */
  versions(documentId: string, options?: PageOptions): Promise<Page<DocumentVersionRecord>>;
}

export function createDocumentRepository(scope: DataScope): DocumentRepository {
  return {
    register: (candidates, options) => registerDocuments(scope, candidates, options),
    recordContent: (contents, options) => recordContent(scope, contents, options),
    markGone: (documentIds, options) => markGone(scope, documentIds, options),
    unite: (aliases) => uniteDocuments(scope, aliases),
    restore: (documentId, version, options) => restoreVersion(scope, { ...options, documentId, version }),
    delete: (idsOrUris, options = {}) => deleteDocuments(scope, idsOrUris, options),
    find: (idOrUri) => findDocument(scope, idOrUri),
    page: (query = {}) => pageOfDocuments(scope, query),
    identities: (query = {}) => pageOfIdentities(scope, query),
    count: (filter = {}) => countDocuments(scope, filter),
    countsByStage: (filter = {}) => countsByStage(scope, filter),
    countsByDomain: (options = {}) => countsByDomain(scope, options),
    uris: (documentId) => urisOfDocument(scope, documentId),
    sources: (documentId) => sourcesOfDocument(scope, documentId),
    versions: (documentId, options = {}) => versionsOfDocument(scope, documentId, options),
  };
}
