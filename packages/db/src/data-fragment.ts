import type { SchemaFragment } from '@sheaf/core';

/** The core models: workspaces, documents, content, stages, runs, host gates. */
export const dataFragment: SchemaFragment = {
  // Right both here and in the built package, where this module is part of dist/index.js.
  models: new URL('../prisma/data.prisma', import.meta.url),
  tables: [
    'workspaces',
    'sources',
    'documents',
    'document_uris',
    'document_sources',
    'document_versions',
    'document_stages',
    'contents',
    'content_bytes',
    'artifacts',
    'batches',
    'frontier',
    'llm_calls',
    'query_log',
    'step_configs',
    'config_sets',
    'config_set_items',
    'runs',
    'run_items',
    'steps',
    'step_needs',
    'lifecycle_events',
    'run_events',
    'workers',
    'host_gates',
  ],
  // A document's own are those of its current version.
  contents: { document_versions: ['bytes_hash', 'text_hash'], artifacts: ['content_hash'] },
};
