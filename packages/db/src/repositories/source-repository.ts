import { cleanJson, cleanText, createId } from '@sheaf/core';
import type { DeleteOptions, Deletion } from '../deletion/deletion.ts';
import type { DataScope } from '../scope.ts';
import { json, rawSql, sql } from '../sql/statement.ts';
import { documentUri, uriHash } from './documents/document-uri.ts';
import { closeMap } from './sources/close-map.ts';
import { deleteSource } from './sources/delete-source.ts';
import { readDate, readRecord } from './stored-value.ts';

export const SOURCE_KINDS = ['site', 'feed', 'folder', 'cms', 'api', 'upload'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface SourceRecord {
  readonly id: string;
  readonly kind: SourceKind;
  readonly uri: string;
  readonly name: string | null;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EnsureSource {
  readonly kind: SourceKind;
  readonly uri: string;
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface SourceRepository {
  /** The source of this kind and URI, made if it does not exist; name and config are updated where given. */
  ensure(source: EnsureSource): Promise<SourceRecord>;
  list(): Promise<readonly SourceRecord[]>;
  find(kind: SourceKind, uri: string): Promise<SourceRecord | undefined>;
  /**
   * After a complete, unfiltered, error-free map: what the source named before and `runId` did not see is gone from
   * it; a document that no source names any more is gone, with a `deleted` version where it had content.
   * Set-based, in chunks. Gives the number of documents gone.
   */
  closeMap(options: { readonly sourceId: string; readonly runId: string }): Promise<{ readonly goneDocuments: number }>;
  /**
   * Deletes a source with its findings, and the documents that no other source has found (as `documents.delete` does).
   * One transaction.
   *
   * @throws `db.not-found`.
   */
  delete(sourceId: string, options?: DeleteOptions): Promise<Deletion>;
}

const MAX_NAME_LENGTH = 200;

interface SourceRow {
  readonly id: string;
  readonly kind: SourceKind;
  readonly uri: string;
  readonly name: string | null;
  readonly config: unknown;
  readonly created_at: unknown;
  readonly updated_at: unknown;
}

const COLUMNS = rawSql('id, kind, uri, name, config, created_at, updated_at');

export function createSourceRepository(scope: DataScope): SourceRepository {
  const { sql: db, workspace, clock } = scope;
  return {
    async ensure({ kind, uri, name, config }) {
      const facts = documentUri(uri);
      const now = clock.now();
      const row = await db.one<SourceRow>(sql`
        INSERT INTO sources (workspace_id, id, kind, uri, uri_hash, name, config, created_at, updated_at)
        VALUES (${workspace.id}, ${createId()}, ${kind}, ${facts.uri}, ${facts.hash},
          ${name === undefined ? null : cleanText(name, MAX_NAME_LENGTH)},
          ${config === undefined ? null : json(cleanJson(config))}, ${now}, ${now})
        ON CONFLICT (workspace_id, kind, uri_hash) DO UPDATE
        SET name = coalesce(excluded.name, sources.name), config = coalesce(excluded.config, sources.config),
          updated_at = CASE WHEN excluded.name IS NULL AND excluded.config IS NULL
            THEN sources.updated_at ELSE excluded.updated_at END
        RETURNING ${COLUMNS}`);
      return toSource(row);
    },
    async list() {
      const rows = await db.all<SourceRow>(sql`
        SELECT ${COLUMNS} FROM sources WHERE workspace_id = ${workspace.id} ORDER BY id`);
      return rows.map(toSource);
    },
    async find(kind, uri) {
      const row = await db.maybeOne<SourceRow>(sql`
        SELECT ${COLUMNS} FROM sources
        WHERE workspace_id = ${workspace.id} AND kind = ${kind} AND uri_hash = ${uriHash(uri)}`);
      return row && toSource(row);
    },
    closeMap: (options) => closeMap(scope, options),
    delete: (sourceId, options = {}) => deleteSource(scope, sourceId, options),
  };
}

function toSource({ id, kind, uri, name, config, created_at, updated_at }: SourceRow): SourceRecord {
  const [createdAt, updatedAt] = [readDate(created_at), readDate(updated_at)];
  return { id, kind, uri, name, config: readRecord(config), createdAt, updatedAt };
}
