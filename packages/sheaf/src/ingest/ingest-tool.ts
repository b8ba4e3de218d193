import { type Display, defineTool, type NeedHandles, type Tool, type ToolContext } from '@sheaf/core';
import type { DocumentView } from '@sheaf/db';
import type { FetchOutput } from '@sheaf/plugin-fetch';
import type { MapOutput } from '@sheaf/plugin-map';
import { stripCredentials } from '@sheaf/web';
import { z } from 'zod';
import { shellWord } from '../shell-word.ts';
import type { IngestNeeds } from './ingest-plugin.ts';

type Context = ToolContext<object, NeedHandles<IngestNeeds>>;

const input: z.ZodObject<{
  source: z.ZodString;
  method: z.ZodDefault<z.ZodEnum<{ auto: 'auto'; sitemap: 'sitemap'; crawl: 'crawl'; feed: 'feed'; folder: 'folder' }>>;
  maxDepth: z.ZodOptional<z.ZodInt>;
  maxPages: z.ZodOptional<z.ZodInt>;
  limit: z.ZodOptional<z.ZodInt>;
  include: z.ZodOptional<z.ZodArray<z.ZodString>>;
  exclude: z.ZodOptional<z.ZodArray<z.ZodString>>;
  concurrency: z.ZodOptional<z.ZodInt>;
}> = z.object({
  source: z.string().min(1).overwrite(stripCredentials).describe('A web address, or the path of a folder'),
  method: z.enum(['auto', 'sitemap', 'crawl', 'feed', 'folder']).default('auto').describe('How to find documents'),
  maxDepth: z.int().min(0).max(100).optional().describe('For a crawl: links from the start at the most; default 10'),
  maxPages: z.int().min(1).optional().describe('For a crawl: pages requested at the most; default 1000'),
  limit: z.int().min(1).optional().describe('Documents registered at the most; default: no limit'),
  include: z.array(z.string().min(1)).optional().describe('Only URLs that match one of these globs; default: all'),
  exclude: z.array(z.string().min(1)).optional().describe('No URLs that match one of these globs; default: none'),
  concurrency: z.int().min(1).max(256).optional().describe('Pages fetched at once; default 8'),
});

export interface IngestChange {
  readonly uri: string;
  readonly title: string | null;
  readonly change: 'created' | 'updated' | 'gone';
  readonly version: number;
}

export interface IngestOutput {
  readonly map: MapOutput;
  readonly fetch: FetchOutput;
  /** Documents of the source that are new, changed or gone since before: the first 100. */
  readonly changes: readonly IngestChange[];
  /** Whether this went on with an ingest that was interrupted, from where that one had come to. */
  readonly isResumed: boolean;
}

const output: z.ZodType<IngestOutput> = z.object({
  map: z.custom<MapOutput>(),
  fetch: z.custom<FetchOutput>(),
  changes: z.array(
    z.object({
      uri: z.string(),
      title: z.string().nullable(),
      change: z.enum(['created', 'updated', 'gone']),
      version: z.int(),
    }),
  ),
  isResumed: z.boolean(),
});

const CHANGE_LIMIT = 100;

export const ingestTool: Tool<typeof input, IngestOutput, Context> = defineTool({
  summary: 'Map a source and fetch what it names; say what changed since the last time',
  effect: 'write',
  command: 'ingest',
  positionals: ['source'],
  input,
  output,
  examples: [{ input: { source: 'https://docs.example.com' }, summary: 'A site, from nothing to documents' }],
  display,
  async run({ needs, run, clock }: Context, { concurrency, ...mapInput }) {
    const { documents, runs } = needs.data;
    const { id: runId, isResumed } = await run.open();
    const startedAt = (await runs.find(runId))?.createdAt ?? clock.now();
    const mapped = await needs.map.run(withoutUndefined(mapInput));
    const fetched = await needs.fetch.run(
      withoutUndefined({ foundBy: mapped.runId ?? undefined, refetch: true, concurrency }),
    );
    const changed = await documents.page({
      changed: { from: startedAt },
      ...(mapped.runId === null ? {} : { foundByRun: mapped.runId }),
      isGone: false,
      limit: CHANGE_LIMIT,
    });
    const gone = await documents.page({
      isGone: true,
      orderBy: 'lastSeen',
      descending: true,
      limit: 1_000,
    });
    return {
      map: mapped,
      fetch: fetched,
      changes: [
        ...changed.items.map((one) => changeOf(one, one.version === 1 ? 'created' : 'updated')),
        ...gone.items
          // What never had content is no loss: a stale entry of a sitemap.
          .filter(({ goneAt, version }) => goneAt && goneAt >= startedAt && version > 0)
          .map((one) => changeOf(one, 'gone')),
      ].slice(0, CHANGE_LIMIT),
      isResumed,
    };
  },
});

function changeOf({ uri, title, version }: DocumentView, change: IngestChange['change']): IngestChange {
  return { uri, title, version, change };
}

/** The other tools' optional fields are absent where they are not said. */
function withoutUndefined<T extends object>(value: T): { [Key in keyof T]-?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}

function display({ map, fetch, changes, isResumed }: IngestOutput): Display {
  const { created, updated, unchanged, restored, gone } = fetch.changes;
  const counts = { created, updated, restored, unchanged, gone: gone + map.gone };
  const news = changes.filter(({ change }) => change !== 'created' || changes.length <= 40);
  return {
    kind: 'table',
    title: `${map.source}: ${map.discovered} documents found (${map.new} new), ${fetch.completed} fetched`,
    columns: [
      { title: 'change' },
      { title: 'v', align: 'right' },
      { title: 'title', shrink: 2 },
      { title: 'url', shrink: 1 },
    ],
    rows: news.map(({ change, version, title, uri }) => [change, version, title, uri]),
    notes: [
      Object.entries(counts)
        .map(([name, count]) => `${count} ${name}`)
        .join(', '),
      ...(fetch.failed > 0 ? [`${fetch.failed} failed`] : []),
      ...(fetch.skipped > 0 ? [`${fetch.skipped} skipped`] : []),
      ...(isResumed ? ['This finished an ingest that was interrupted; run it again for what has changed since.'] : []),
    ],
    next: [
      ...(fetch.failed > 0 ? ['sheaf docs --status failed'] : []),
      'sheaf docs',
      ...(changes[0] ? [`sheaf show ${shellWord(changes[0].uri)} --text`] : []),
    ],
  };
}
