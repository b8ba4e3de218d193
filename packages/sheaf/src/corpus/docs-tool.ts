import { type Display, defineTool, STAGE_STATUSES, type StageStatus, type Tool } from '@sheaf/core';
import { DOCUMENT_ORDERS, type DocumentFilter, type DocumentOrder, type DocumentView, type Page } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';
import { documentSchema } from './schemas.ts';

type Optional<T extends z.ZodType> = z.ZodOptional<T>;
type Texts = Optional<z.ZodArray<z.ZodString>>;

const input: z.ZodObject<{
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
  orderBy: z.ZodDefault<z.ZodEnum<{ [Order in DocumentOrder]: Order }>>;
  descending: z.ZodDefault<z.ZodBoolean>;
  limit: z.ZodDefault<z.ZodInt>;
  after: Optional<z.ZodString>;
}> = z.object({
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
  orderBy: z.enum(DOCUMENT_ORDERS).default('id').describe('The order; id is the order of discovery'),
  descending: z.boolean().default(false).describe('The other way round'),
  limit: z.int().min(1).max(1_000).default(50).describe('Documents on a page'),
  after: z.string().optional().describe('The cursor of the page before (its "next")'),
});

export type DocsOutput = Page<DocumentView>;

const output: z.ZodType<DocsOutput> = z.object({ items: z.array(documentSchema), next: z.string().exactOptional() });

export const docsTool: Tool<typeof input, DocsOutput, CorpusContext> = defineTool({
  summary: 'List documents with where they stand',
  effect: 'read',
  command: 'docs',
  input,
  output,
  examples: [
    { input: { status: ['failed'] }, summary: 'What could not be fetched' },
    { input: { include: ['*/guide/*'], orderBy: 'uri' }, summary: 'One part of a site, by URL' },
  ],
  display,
  async run({ needs }: CorpusContext, query) {
    return needs.data.documents.page({
      ...filterOf(query),
      orderBy: query.orderBy,
      descending: query.descending,
      limit: query.limit,
      ...(query.after === undefined ? {} : { after: query.after }),
    });
  },
});

function filterOf(query: z.output<typeof input>): DocumentFilter {
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

function display({ items, next }: DocsOutput): Display {
  return {
    kind: 'table',
    columns: [
      { title: 'fetch' },
      { title: 'v', align: 'right' },
      { title: 'bytes', align: 'right' },
      { title: 'title', shrink: 2 },
      { title: 'url', shrink: 1 },
    ],
    rows: items.map((item) => [stateOf(item), item.version, item.contentLength, item.title, item.uri]),
    notes: [items.length === 0 ? 'No documents match.' : `${items.length} document(s)`],
    next: next === undefined ? [] : [`sheaf docs --after ${next}`],
  };
}

function stateOf(document: Pick<DocumentView, 'goneAt' | 'stages'>): string {
  if (document.goneAt) return 'gone';
  const fetch = document.stages.fetch;
  return fetch ? (fetch.errorCode ?? fetch.status) : '-';
}
