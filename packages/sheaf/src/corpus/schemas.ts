import { RUN_STATUSES, STAGE_STATUSES } from '@sheaf/core';
import type {
  DocumentSourceRecord,
  DocumentUriRecord,
  DocumentVersionRecord,
  DocumentView,
  RunEventRecord,
  RunRecord,
} from '@sheaf/db';
import { z } from 'zod';

// What the reading tools give back: the repositories' own records.

const json = z.record(z.string(), z.unknown());

export const documentSchema: z.ZodType<DocumentView> = z.object({
  id: z.string(),
  uri: z.string(),
  domain: z.string(),
  title: z.string().nullable(),
  version: z.int(),
  bytesHash: z.string().nullable(),
  textHash: z.string().nullable(),
  mimeType: z.string().nullable(),
  contentLength: z.int().nullable(),
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
  changedAt: z.date().nullable(),
  goneAt: z.date().nullable(),
  meta: json.nullable(),
  stages: z.record(
    z.string(),
    z.object({
      status: z.enum(STAGE_STATUSES),
      runId: z.string().nullable(),
      errorCode: z.string().nullable(),
      errorMessage: z.string().nullable(),
      updatedAt: z.date(),
    }),
  ),
  facets: z.record(z.string(), json),
});

export const uriSchema: z.ZodType<DocumentUriRecord> = z.object({
  uri: z.string(),
  kind: z.enum(['canonical', 'redirect', 'rel-canonical']),
  createdAt: z.date(),
});

export const documentSourceSchema: z.ZodType<DocumentSourceRecord> = z.object({
  sourceId: z.string(),
  sourceUri: z.string(),
  method: z.string(),
  foundAt: z.string().nullable(),
  firstSeenAt: z.date(),
  lastSeenAt: z.date(),
  goneAt: z.date().nullable(),
});

export const versionSchema: z.ZodType<DocumentVersionRecord> = z.object({
  version: z.int(),
  action: z.enum(['created', 'updated', 'deleted', 'restored']),
  bytesHash: z.string().nullable(),
  textHash: z.string().nullable(),
  mimeType: z.string().nullable(),
  size: z.int().nullable(),
  runId: z.string().nullable(),
  createdAt: z.date(),
  meta: json.nullable(),
});

export const runSchema: z.ZodType<RunRecord> = z.object({
  id: z.string(),
  tool: z.string(),
  kind: z.enum(['tool', 'workflow']),
  input: z.unknown(),
  actor: z.string().nullable(),
  status: z.enum(RUN_STATUSES),
  items: z.object({ total: z.int(), completed: z.int(), failed: z.int(), skipped: z.int(), canceled: z.int() }),
  output: z.unknown(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
});

export const runEventSchema: z.ZodType<RunEventRecord> = z.object({
  seq: z.int(),
  at: z.date(),
  level: z.enum(['progress', 'info', 'warning', 'error']),
  phase: z.string().exactOptional(),
  done: z.int().exactOptional(),
  total: z.int().exactOptional(),
  message: z.string().exactOptional(),
  data: json.exactOptional(),
});
