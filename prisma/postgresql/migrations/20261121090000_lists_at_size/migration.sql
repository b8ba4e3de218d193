-- DropIndex
DROP INDEX "document_stages_workspace_id_stage_status_document_id_idx";

-- CreateIndex
CREATE INDEX "document_stages_status_idx" ON "document_stages"("workspace_id", "stage", "status", "document_id", "variant");
