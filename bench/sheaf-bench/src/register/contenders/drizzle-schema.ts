import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

// The tables as far as registering writes them. Keys and indexes are those of the migrated database.

const workspaceId = integer('workspace_id').notNull();
const documentId = text('document_id').notNull();

// biome-ignore format: one column a line says no more.
export const documents = sqliteTable('documents', {
  workspaceId, id: text().notNull(), uri: text().notNull(), uriHash: text('uri_hash').notNull(),
  uriKey: text('uri_key').notNull(), domain: text().notNull(), title: text(),
  firstSeenAt: text('first_seen_at').notNull(), lastSeenAt: text('last_seen_at').notNull(),
});

// biome-ignore format: as above.
export const documentUris = sqliteTable('document_uris', {
  workspaceId, uriHash: text('uri_hash').notNull(), uri: text().notNull(), documentId,
  kind: text().notNull(), createdAt: text('created_at').notNull(),
});

// biome-ignore format: as above.
export const documentSources = sqliteTable('document_sources', {
  workspaceId, documentId, sourceId: text('source_id').notNull(), method: text().notNull(), foundAt: text('found_at'),
  runId: text('run_id'), firstSeenAt: text('first_seen_at').notNull(), lastSeenAt: text('last_seen_at').notNull(),
});

// biome-ignore format: as above.
export const documentStages = sqliteTable('document_stages', {
  workspaceId, documentId, stage: text().notNull(), variant: text().notNull(), status: text().notNull(),
  runId: text('run_id'), updatedAt: text('updated_at').notNull(),
});

// biome-ignore format: as above.
export const mapResults = sqliteTable('map_results', {
  workspaceId, documentId, runId: text('run_id').notNull(), status: text().notNull(), method: text().notNull(),
  depth: integer().notNull(), foundAt: text('found_at'), title: text(), modifiedAt: text('modified_at'),
  isNew: integer('is_new', { mode: 'boolean' }).notNull(), createdAt: text('created_at').notNull(),
});
