import { type Display, defineTool, type Tool } from '@sheaf/core';
import { DOCUMENT_ORDERS, type DocumentOrder, type DocumentView, type Page } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';
import { type DocumentFilterShape, documentFilterOf, documentFilterShape } from './document-filter-input.ts';
import { documentSchema } from './schemas.ts';

type Optional<T extends z.ZodType> = z.ZodOptional<T>;

const input: z.ZodObject<
  DocumentFilterShape & {
    orderBy: z.ZodDefault<z.ZodEnum<{ [Order in DocumentOrder]: Order }>>;
    descending: z.ZodDefault<z.ZodBoolean>;
    limit: z.ZodDefault<z.ZodInt>;
    after: Optional<z.ZodString>;
  }
> = z.object({
  ...documentFilterShape,
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
      ...documentFilterOf(query),
      orderBy: query.orderBy,
      descending: query.descending,
      limit: query.limit,
      ...(query.after === undefined ? {} : { after: query.after }),
    });
  },
});

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
