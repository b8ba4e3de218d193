import { STAGE_STATUSES, type StageStatus } from '@sheaf/core';
import type { DocumentFilter } from '@sheaf/db';
import { z } from 'zod';

type Optional<T extends z.ZodType> = z.ZodOptional<T>;
type Texts = Optional<z.ZodArray<z.ZodString>>;

/** The fields by which documents are chosen. */
export type DocumentFilterShape = {
  ids: Texts;
  url: Texts;
  contains: Optional<z.ZodString>;
  include: Texts;
  exclude: Texts;
  domain: Optional<z.ZodString>;
  source: Optional<z.ZodString>;
  stage: z.ZodDefault<z.ZodString>;
  status: Optional<z.ZodArray<z.ZodEnum<{ [Status in StageStatus]: Status }>>>;
  errors: Optional<z.ZodBoolean>;
  errorCode: Optional<z.ZodString>;
  minLength: Optional<z.ZodInt>;
  maxLength: Optional<z.ZodInt>;
  gone: Optional<z.ZodBoolean>;
  changedSince: Optional<z.ZodISODateTime>;
};

export const documentFilterShape: DocumentFilterShape = {
  ids: z.array(z.string()).optional().describe('Only these document ids'),
  url: z.array(z.string()).optional().describe('Only these URLs, canonical or alias'),
  contains: z.string().optional().describe('URLs that contain this text'),
  include: z.array(z.string()).optional().describe('URLs that match one of these globs (* any characters, ? one)'),
  exclude: z.array(z.string()).optional().describe('URLs that match none of these globs'),
  domain: z.string().optional().describe('Only this domain'),
  source: z.string().optional().describe('Only what this source (its id) names'),
  stage: z.string().default('fetch').describe('The stage that --status speaks of'),
  status: z.array(z.enum(STAGE_STATUSES)).optional().describe('Only documents with one of these statuses in the stage'),
  errors: z
    .boolean()
    .optional()
    .describe('Only documents in which a stage has failed; the opposite: in which none has'),
  errorCode: z.string().optional().describe('Only documents with this error code, e.g. fetch.http-error'),
  minLength: z.int().min(0).optional().describe('Bytes of content at least'),
  maxLength: z.int().min(0).optional().describe('Bytes of content at the most'),
  gone: z.boolean().optional().describe('Only documents that are gone; the opposite: only those that are not'),
  changedSince: z.iso.datetime({ offset: true }).optional().describe('Changed at or after this time (ISO 8601)'),
};

export function documentFilterOf(query: z.output<z.ZodObject<DocumentFilterShape>>): DocumentFilter {
  const filter: { -readonly [Name in keyof DocumentFilter]: DocumentFilter[Name] } = {};
  if (query.ids) filter.ids = query.ids;
  if (query.url) filter.uris = query.url;
  if (query.contains !== undefined) filter.uriContains = query.contains;
  if (query.include) filter.include = query.include;
  if (query.exclude) filter.exclude = query.exclude;
  if (query.domain !== undefined) filter.domain = query.domain;
  if (query.source !== undefined) filter.sourceId = query.source;
  if (query.status) filter.stage = { stage: query.stage, statuses: query.status };
  if (query.errors !== undefined) filter.hasError = query.errors;
  if (query.errorCode !== undefined) filter.errorCode = query.errorCode;
  if (query.minLength !== undefined) filter.minLength = query.minLength;
  if (query.maxLength !== undefined) filter.maxLength = query.maxLength;
  if (query.gone !== undefined) filter.isGone = query.gone;
  if (query.changedSince !== undefined) filter.changed = { from: new Date(query.changedSince) };
  return filter;
}
