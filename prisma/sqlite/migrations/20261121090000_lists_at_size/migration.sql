-- DropIndex
DROP INDEX "document_stages_workspace_id_stage_status_document_id_idx";

-- CreateIndex
CREATE INDEX "document_stages_status_idx" ON "document_stages"("workspace_id", "stage", "status", "document_id", "variant");

-- Statistics of a large workspace. Without any, the planner takes each equality for selective, `workspace_id = ?` as
-- well as `merged_into_id IS NULL`, and reads a whole workspace where it should look up a few rows. Nobody analyzes an
-- embedded database; where somebody does, the true numbers take the place of these.
ANALYZE;
DELETE FROM sqlite_stat1 WHERE tbl IN
  ('documents', 'document_uris', 'document_sources', 'document_stages', 'map_results', 'fetch_results');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('documents', 'sqlite_autoindex_documents_1', '1000000 1000000 1'),
  ('documents', 'documents_workspace_id_uri_hash_key', '1000000 1000000 1'),
  ('documents', 'documents_workspace_id_uri_key_id_idx', '1000000 1000000 1 1'),
  ('documents', 'documents_workspace_id_domain_id_idx', '1000000 1000000 10000 1'),
  ('documents', 'documents_workspace_id_last_seen_at_id_idx', '1000000 1000000 100 1'),
  ('documents', 'documents_workspace_id_changed_at_id_idx', '1000000 1000000 100 1'),
  ('documents', 'documents_workspace_id_merged_into_id_idx', '1000000 1000000 900000'),
  ('document_uris', 'sqlite_autoindex_document_uris_1', '1000000 1000000 1'),
  ('document_uris', 'document_uris_workspace_id_document_id_idx', '1000000 1000000 1'),
  ('document_sources', 'sqlite_autoindex_document_sources_1', '1000000 1000000 1 1'),
  ('document_sources', 'document_sources_workspace_id_source_id_gone_at_document_id_idx', '1000000 1000000 100000 100000 1'),
  ('document_stages', 'sqlite_autoindex_document_stages_1', '2000000 2000000 2 1 1'),
  ('document_stages', 'document_stages_status_idx', '2000000 2000000 1000000 200000 1 1'),
  ('document_stages', 'document_stages_workspace_id_run_id_idx', '2000000 2000000 100000'),
  ('map_results', 'sqlite_autoindex_map_results_1', '2000000 2000000 2 1'),
  ('map_results', 'map_results_workspace_id_run_id_document_id_idx', '2000000 2000000 100000 1'),
  ('fetch_results', 'sqlite_autoindex_fetch_results_1', '2000000 2000000 2 1'),
  ('fetch_results', 'fetch_results_workspace_id_run_id_document_id_idx', '2000000 2000000 100000 1');
ANALYZE sqlite_schema;
