-- CreateTable
CREATE TABLE "workspaces" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sources" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "uri_hash" TEXT NOT NULL,
    "name" TEXT,
    "config" JSONB,
    "created_at" TIMESTAMP(3) NOT NULL,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "sources_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "documents" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "uri_hash" TEXT NOT NULL,
    "uri_key" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "title" TEXT,
    "version" INTEGER NOT NULL DEFAULT 0,
    "bytes_hash" TEXT,
    "text_hash" TEXT,
    "mime_type" TEXT,
    "content_length" INTEGER,
    "first_seen_at" TIMESTAMP(3) NOT NULL,
    "last_seen_at" TIMESTAMP(3) NOT NULL,
    "changed_at" TIMESTAMP(3),
    "gone_at" TIMESTAMP(3),
    "merged_into_id" TEXT,
    "meta" JSONB,

    CONSTRAINT "documents_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "document_uris" (
    "workspace_id" INTEGER NOT NULL,
    "uri_hash" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "document_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "document_uris_pkey" PRIMARY KEY ("workspace_id","uri_hash")
);

-- CreateTable
CREATE TABLE "document_sources" (
    "workspace_id" INTEGER NOT NULL,
    "document_id" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "found_at" TEXT,
    "run_id" TEXT,
    "first_seen_at" TIMESTAMP(3) NOT NULL,
    "last_seen_at" TIMESTAMP(3) NOT NULL,
    "gone_at" TIMESTAMP(3),

    CONSTRAINT "document_sources_pkey" PRIMARY KEY ("workspace_id","document_id","source_id")
);

-- CreateTable
CREATE TABLE "document_versions" (
    "workspace_id" INTEGER NOT NULL,
    "document_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "bytes_hash" TEXT,
    "text_hash" TEXT,
    "mime_type" TEXT,
    "size" INTEGER,
    "action" TEXT NOT NULL,
    "run_id" TEXT,
    "batch_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "meta" JSONB,

    CONSTRAINT "document_versions_pkey" PRIMARY KEY ("workspace_id","document_id","version")
);

-- CreateTable
CREATE TABLE "document_stages" (
    "workspace_id" INTEGER NOT NULL,
    "document_id" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "variant" TEXT NOT NULL DEFAULT 'default',
    "status" TEXT NOT NULL,
    "run_id" TEXT,
    "input_hash" TEXT,
    "config_hash" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "updated_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "document_stages_pkey" PRIMARY KEY ("workspace_id","document_id","stage","variant")
);

-- CreateTable
CREATE TABLE "contents" (
    "workspace_id" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "storage" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "touched_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "contents_pkey" PRIMARY KEY ("workspace_id","hash")
);

-- CreateTable
CREATE TABLE "content_bytes" (
    "workspace_id" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "content_bytes_pkey" PRIMARY KEY ("workspace_id","hash")
);

-- CreateTable
CREATE TABLE "artifacts" (
    "workspace_id" INTEGER NOT NULL,
    "input_hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "config_hash" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "run_id" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "meta" JSONB,

    CONSTRAINT "artifacts_pkey" PRIMARY KEY ("workspace_id","input_hash","kind","config_hash")
);

-- CreateTable
CREATE TABLE "batches" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "source_id" TEXT,
    "params" JSONB,
    "started_at" TIMESTAMP(3) NOT NULL,
    "ended_at" TIMESTAMP(3),

    CONSTRAINT "batches_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "frontier" (
    "workspace_id" INTEGER NOT NULL,
    "run_id" TEXT NOT NULL,
    "uri_hash" TEXT NOT NULL,
    "uri" TEXT NOT NULL,
    "depth" INTEGER NOT NULL,
    "found_at" TEXT,
    "state" TEXT NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "frontier_pkey" PRIMARY KEY ("workspace_id","run_id","uri_hash")
);

-- CreateTable
CREATE TABLE "llm_calls" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT,
    "step_id" TEXT,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "tokens_in" INTEGER,
    "tokens_out" INTEGER,
    "cost_usd" DOUBLE PRECISION,
    "latency_ms" INTEGER,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "meta" JSONB,

    CONSTRAINT "llm_calls_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "query_log" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT,
    "kind" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "result_count" INTEGER,
    "latency_ms" INTEGER,
    "error_code" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "meta" JSONB,

    CONSTRAINT "query_log_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "step_configs" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "cumulative" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "step_configs_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "config_sets" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "yaml" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "config_sets_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "config_set_items" (
    "workspace_id" INTEGER NOT NULL,
    "config_set_id" TEXT NOT NULL,
    "step_config_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "config_set_items_pkey" PRIMARY KEY ("workspace_id","config_set_id","step_config_id")
);

-- CreateTable
CREATE TABLE "runs" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'tool',
    "input" JSONB NOT NULL,
    "input_digest" TEXT NOT NULL,
    "config_set_id" TEXT,
    "actor" TEXT,
    "batch_id" TEXT,
    "status" TEXT NOT NULL,
    "items_total" INTEGER NOT NULL DEFAULT 0,
    "items_completed" INTEGER NOT NULL DEFAULT 0,
    "items_failed" INTEGER NOT NULL DEFAULT 0,
    "items_skipped" INTEGER NOT NULL DEFAULT 0,
    "items_canceled" INTEGER NOT NULL DEFAULT 0,
    "event_seq" INTEGER NOT NULL DEFAULT 0,
    "output" JSONB,
    "error_code" TEXT,
    "error_message" TEXT,
    "worker_id" TEXT,
    "lease_until" TIMESTAMP(3),
    "created_at" TIMESTAMP(3) NOT NULL,
    "started_at" TIMESTAMP(3),
    "ended_at" TIMESTAMP(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "run_items" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "document_id" TEXT,
    "unit" TEXT,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "status" TEXT NOT NULL,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "started_at" TIMESTAMP(3),
    "ended_at" TIMESTAMP(3),

    CONSTRAINT "run_items_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "steps" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "document_id" TEXT,
    "number" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "variant" TEXT NOT NULL DEFAULT 'default',
    "step_config_id" TEXT,
    "config" JSONB,
    "status" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "shard" INTEGER NOT NULL DEFAULT 0,
    "waits_for" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 3,
    "available_at" TIMESTAMP(3) NOT NULL,
    "lease_until" TIMESTAMP(3),
    "worker_id" TEXT,
    "claim_token" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMP(3) NOT NULL,
    "started_at" TIMESTAMP(3),
    "ended_at" TIMESTAMP(3),

    CONSTRAINT "steps_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "step_needs" (
    "workspace_id" INTEGER NOT NULL,
    "step_id" TEXT NOT NULL,
    "needed_id" TEXT NOT NULL,

    CONSTRAINT "step_needs_pkey" PRIMARY KEY ("workspace_id","step_id","needed_id")
);

-- CreateTable
CREATE TABLE "lifecycle_events" (
    "workspace_id" INTEGER NOT NULL,
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "item_id" TEXT,
    "step_id" TEXT,
    "event" TEXT NOT NULL,
    "handler" TEXT,
    "status" TEXT NOT NULL,
    "message" TEXT,
    "started_at" TIMESTAMP(3) NOT NULL,
    "ended_at" TIMESTAMP(3),
    "meta" JSONB,

    CONSTRAINT "lifecycle_events_pkey" PRIMARY KEY ("workspace_id","id")
);

-- CreateTable
CREATE TABLE "run_events" (
    "workspace_id" INTEGER NOT NULL,
    "run_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "level" TEXT NOT NULL,
    "phase" TEXT,
    "done" INTEGER,
    "total" INTEGER,
    "message" TEXT,
    "data" JSONB,

    CONSTRAINT "run_events_pkey" PRIMARY KEY ("workspace_id","run_id","seq")
);

-- CreateTable
CREATE TABLE "workers" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "first_seen_at" TIMESTAMP(3) NOT NULL,
    "last_seen_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "workers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "host_gates" (
    "host" TEXT NOT NULL,
    "shard" INTEGER NOT NULL DEFAULT 0,
    "next_fetch_at" TIMESTAMP(3),
    "delay_ms" INTEGER NOT NULL DEFAULT 0,
    "backoff_until" TIMESTAMP(3),
    "robots_state" TEXT,
    "robots_body" TEXT,
    "robots_fetched_at" TIMESTAMP(3),
    "robots_expires_at" TIMESTAMP(3),

    CONSTRAINT "host_gates_pkey" PRIMARY KEY ("host")
);

-- CreateTable
CREATE TABLE "fetch_results" (
    "workspace_id" INTEGER NOT NULL,
    "document_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "change" TEXT,
    "http_status" INTEGER,
    "final_uri" TEXT,
    "canonical_uri" TEXT,
    "redirects" JSONB,
    "mime_type" TEXT,
    "charset" TEXT,
    "language" TEXT,
    "title" TEXT,
    "bytes_hash" TEXT,
    "text_hash" TEXT,
    "content_length" INTEGER,
    "text_length" INTEGER,
    "etag" TEXT,
    "last_modified" TEXT,
    "metadata" JSONB,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "duration_ms" INTEGER,
    "error_code" TEXT,
    "error_message" TEXT,
    "fetched_at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "fetch_results_pkey" PRIMARY KEY ("workspace_id","document_id","run_id")
);

-- CreateTable
CREATE TABLE "map_results" (
    "workspace_id" INTEGER NOT NULL,
    "document_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "depth" INTEGER NOT NULL DEFAULT 0,
    "found_at" TEXT,
    "title" TEXT,
    "modified_at" TIMESTAMP(3),
    "is_new" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP(3) NOT NULL,
    "meta" JSONB,

    CONSTRAINT "map_results_pkey" PRIMARY KEY ("workspace_id","document_id","run_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "workspaces_slug_key" ON "workspaces"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "sources_workspace_id_kind_uri_hash_key" ON "sources"("workspace_id", "kind", "uri_hash");

-- CreateIndex
CREATE INDEX "documents_workspace_id_uri_key_id_idx" ON "documents"("workspace_id", "uri_key", "id");

-- CreateIndex
CREATE INDEX "documents_workspace_id_domain_id_idx" ON "documents"("workspace_id", "domain", "id");

-- CreateIndex
CREATE INDEX "documents_workspace_id_last_seen_at_id_idx" ON "documents"("workspace_id", "last_seen_at", "id");

-- CreateIndex
CREATE INDEX "documents_workspace_id_changed_at_id_idx" ON "documents"("workspace_id", "changed_at", "id");

-- CreateIndex
CREATE INDEX "documents_workspace_id_merged_into_id_idx" ON "documents"("workspace_id", "merged_into_id");

-- CreateIndex
CREATE UNIQUE INDEX "documents_workspace_id_uri_hash_key" ON "documents"("workspace_id", "uri_hash");

-- CreateIndex
CREATE INDEX "document_uris_workspace_id_document_id_idx" ON "document_uris"("workspace_id", "document_id");

-- CreateIndex
CREATE INDEX "document_sources_workspace_id_source_id_gone_at_document_id_idx" ON "document_sources"("workspace_id", "source_id", "gone_at", "document_id");

-- CreateIndex
CREATE INDEX "document_versions_workspace_id_bytes_hash_idx" ON "document_versions"("workspace_id", "bytes_hash");

-- CreateIndex
CREATE INDEX "document_versions_workspace_id_run_id_idx" ON "document_versions"("workspace_id", "run_id");

-- CreateIndex
CREATE INDEX "document_versions_workspace_id_batch_id_idx" ON "document_versions"("workspace_id", "batch_id");

-- CreateIndex
CREATE INDEX "document_stages_workspace_id_stage_status_document_id_idx" ON "document_stages"("workspace_id", "stage", "status", "document_id");

-- CreateIndex
CREATE INDEX "document_stages_workspace_id_run_id_idx" ON "document_stages"("workspace_id", "run_id");

-- CreateIndex
CREATE INDEX "artifacts_workspace_id_content_hash_idx" ON "artifacts"("workspace_id", "content_hash");

-- CreateIndex
CREATE INDEX "batches_workspace_id_source_id_idx" ON "batches"("workspace_id", "source_id");

-- CreateIndex
CREATE INDEX "frontier_workspace_id_run_id_state_depth_position_idx" ON "frontier"("workspace_id", "run_id", "state", "depth", "position");

-- CreateIndex
CREATE INDEX "llm_calls_workspace_id_run_id_idx" ON "llm_calls"("workspace_id", "run_id");

-- CreateIndex
CREATE INDEX "query_log_workspace_id_created_at_id_idx" ON "query_log"("workspace_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "query_log_workspace_id_run_id_idx" ON "query_log"("workspace_id", "run_id");

-- CreateIndex
CREATE UNIQUE INDEX "step_configs_workspace_id_type_digest_key" ON "step_configs"("workspace_id", "type", "digest");

-- CreateIndex
CREATE UNIQUE INDEX "config_sets_workspace_id_name_digest_key" ON "config_sets"("workspace_id", "name", "digest");

-- CreateIndex
CREATE INDEX "config_set_items_workspace_id_step_config_id_idx" ON "config_set_items"("workspace_id", "step_config_id");

-- CreateIndex
CREATE INDEX "runs_workspace_id_tool_input_digest_status_idx" ON "runs"("workspace_id", "tool", "input_digest", "status");

-- CreateIndex
CREATE INDEX "runs_workspace_id_status_id_idx" ON "runs"("workspace_id", "status", "id");

-- CreateIndex
CREATE INDEX "runs_workspace_id_batch_id_idx" ON "runs"("workspace_id", "batch_id");

-- CreateIndex
CREATE INDEX "runs_workspace_id_config_set_id_idx" ON "runs"("workspace_id", "config_set_id");

-- CreateIndex
CREATE INDEX "run_items_workspace_id_run_id_status_id_idx" ON "run_items"("workspace_id", "run_id", "status", "id");

-- CreateIndex
CREATE INDEX "run_items_workspace_id_document_id_idx" ON "run_items"("workspace_id", "document_id");

-- CreateIndex
CREATE INDEX "steps_claimable_idx" ON "steps"("workspace_id", "type", "priority" DESC, "available_at", "id") WHERE (status = 'pending' OR status = 'error');

-- CreateIndex
CREATE INDEX "steps_leased_idx" ON "steps"("lease_until") WHERE (status = 'running');

-- CreateIndex
CREATE INDEX "steps_workspace_id_run_id_status_idx" ON "steps"("workspace_id", "run_id", "status");

-- CreateIndex
CREATE INDEX "steps_workspace_id_item_id_number_idx" ON "steps"("workspace_id", "item_id", "number");

-- CreateIndex
CREATE INDEX "steps_workspace_id_document_id_idx" ON "steps"("workspace_id", "document_id");

-- CreateIndex
CREATE UNIQUE INDEX "steps_open_key" ON "steps"("workspace_id", "document_id", "type", "variant") WHERE (status = 'pending' OR status = 'running' OR status = 'error');

-- CreateIndex
CREATE INDEX "step_needs_workspace_id_needed_id_idx" ON "step_needs"("workspace_id", "needed_id");

-- CreateIndex
CREATE INDEX "lifecycle_events_workspace_id_run_id_id_idx" ON "lifecycle_events"("workspace_id", "run_id", "id");

-- CreateIndex
CREATE INDEX "workers_last_seen_at_idx" ON "workers"("last_seen_at");

-- CreateIndex
CREATE INDEX "host_gates_shard_next_fetch_at_idx" ON "host_gates"("shard", "next_fetch_at");

-- CreateIndex
CREATE INDEX "fetch_results_workspace_id_run_id_document_id_idx" ON "fetch_results"("workspace_id", "run_id", "document_id");

-- CreateIndex
CREATE INDEX "map_results_workspace_id_run_id_document_id_idx" ON "map_results"("workspace_id", "run_id", "document_id");

-- AddForeignKey
ALTER TABLE "sources" ADD CONSTRAINT "sources_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_workspace_id_merged_into_id_fkey" FOREIGN KEY ("workspace_id", "merged_into_id") REFERENCES "documents"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "document_uris" ADD CONSTRAINT "document_uris_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_sources" ADD CONSTRAINT "document_sources_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_sources" ADD CONSTRAINT "document_sources_workspace_id_source_id_fkey" FOREIGN KEY ("workspace_id", "source_id") REFERENCES "sources"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_workspace_id_bytes_hash_fkey" FOREIGN KEY ("workspace_id", "bytes_hash") REFERENCES "contents"("workspace_id", "hash") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "document_versions" ADD CONSTRAINT "document_versions_workspace_id_batch_id_fkey" FOREIGN KEY ("workspace_id", "batch_id") REFERENCES "batches"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "document_stages" ADD CONSTRAINT "document_stages_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document_stages" ADD CONSTRAINT "document_stages_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "contents" ADD CONSTRAINT "contents_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "content_bytes" ADD CONSTRAINT "content_bytes_workspace_id_hash_fkey" FOREIGN KEY ("workspace_id", "hash") REFERENCES "contents"("workspace_id", "hash") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_workspace_id_content_hash_fkey" FOREIGN KEY ("workspace_id", "content_hash") REFERENCES "contents"("workspace_id", "hash") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "batches" ADD CONSTRAINT "batches_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "batches" ADD CONSTRAINT "batches_workspace_id_source_id_fkey" FOREIGN KEY ("workspace_id", "source_id") REFERENCES "sources"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "frontier" ADD CONSTRAINT "frontier_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_calls" ADD CONSTRAINT "llm_calls_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_calls" ADD CONSTRAINT "llm_calls_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "query_log" ADD CONSTRAINT "query_log_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "query_log" ADD CONSTRAINT "query_log_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "step_configs" ADD CONSTRAINT "step_configs_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config_sets" ADD CONSTRAINT "config_sets_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config_set_items" ADD CONSTRAINT "config_set_items_workspace_id_config_set_id_fkey" FOREIGN KEY ("workspace_id", "config_set_id") REFERENCES "config_sets"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "config_set_items" ADD CONSTRAINT "config_set_items_workspace_id_step_config_id_fkey" FOREIGN KEY ("workspace_id", "step_config_id") REFERENCES "step_configs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_config_set_id_fkey" FOREIGN KEY ("workspace_id", "config_set_id") REFERENCES "config_sets"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_workspace_id_batch_id_fkey" FOREIGN KEY ("workspace_id", "batch_id") REFERENCES "batches"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "run_items" ADD CONSTRAINT "run_items_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_items" ADD CONSTRAINT "run_items_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_workspace_id_item_id_fkey" FOREIGN KEY ("workspace_id", "item_id") REFERENCES "run_items"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "steps" ADD CONSTRAINT "steps_workspace_id_step_config_id_fkey" FOREIGN KEY ("workspace_id", "step_config_id") REFERENCES "step_configs"("workspace_id", "id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "step_needs" ADD CONSTRAINT "step_needs_workspace_id_step_id_fkey" FOREIGN KEY ("workspace_id", "step_id") REFERENCES "steps"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step_needs" ADD CONSTRAINT "step_needs_workspace_id_needed_id_fkey" FOREIGN KEY ("workspace_id", "needed_id") REFERENCES "steps"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lifecycle_events" ADD CONSTRAINT "lifecycle_events_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fetch_results" ADD CONSTRAINT "fetch_results_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "fetch_results" ADD CONSTRAINT "fetch_results_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "map_results" ADD CONSTRAINT "map_results_workspace_id_document_id_fkey" FOREIGN KEY ("workspace_id", "document_id") REFERENCES "documents"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "map_results" ADD CONSTRAINT "map_results_workspace_id_run_id_fkey" FOREIGN KEY ("workspace_id", "run_id") REFERENCES "runs"("workspace_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;
