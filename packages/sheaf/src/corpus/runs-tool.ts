import { type Display, defineTool, RUN_STATUSES, type Tool } from '@sheaf/core';
import { dbErrors } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';

const input = z.object({
  run: z.string().optional().describe('Show this run (its id) with its events'),
  tool: z.string().optional().describe('Only runs of this tool, e.g. fetch.run'),
  status: z.array(z.enum(RUN_STATUSES)).optional().describe('Only runs in one of these statuses'),
  limit: z.int().min(1).max(1_000).default(20).describe('Runs on a page, newest first'),
  after: z.string().optional().describe('The cursor of the page before (its "next")'),
});

const run = z.object({
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

const event = z.object({
  seq: z.int(),
  at: z.date(),
  level: z.string(),
  phase: z.string().nullish(),
  done: z.int().nullish(),
  total: z.int().nullish(),
  message: z.string().nullish(),
  data: z.unknown().optional(),
});

const output = z.object({
  items: z.array(run.extend({ events: z.array(event).optional() })),
  next: z.string().optional(),
});

export type RunsOutput = z.output<typeof output>;

/** Events shown with one run. */
const EVENT_LIMIT = 1_000;

export const runsTool: Tool<typeof input, RunsOutput, CorpusContext> = defineTool({
  summary: 'List runs, or show one with its events',
  effect: 'read',
  command: 'runs',
  positionals: ['run'],
  input,
  output,
  examples: [{ input: { tool: 'fetch.run', status: ['failed'] }, summary: 'fetches that failed' }],
  display,
  async run({ needs }: CorpusContext, query) {
    const { runs } = needs.data;
    if (query.run !== undefined) {
      const found = await runs.find(query.run);
      if (!found) throw dbErrors.create('not-found', { what: 'run', id: query.run });
      return { items: [{ ...found, events: [...(await runs.events(query.run, { limit: EVENT_LIMIT }))] }] };
    }
    const { items, next } = await runs.page({
      limit: query.limit,
      ...(query.tool === undefined ? {} : { tool: query.tool }),
      ...(query.status === undefined ? {} : { statuses: query.status }),
      ...(query.after === undefined ? {} : { after: query.after }),
    });
    return { items: [...items], ...(next === undefined ? {} : { next }) };
  },
});

function display({ items, next }: RunsOutput): Display {
  const [only] = items;
  if (items.length === 1 && only?.events) {
    return {
      kind: 'record',
      title: `${only.tool}: ${only.status}`,
      fields: [
        ['id', only.id],
        ['started', only.startedAt],
        ['ended', only.endedAt],
        ['items', countsOf(only.items)],
        ['error', only.errorMessage],
        ...only.events.map(
          (one) => [one.at.toISOString(), [one.phase, progressOf(one), one.message].filter(Boolean).join(' ')] as const,
        ),
      ],
    };
  }
  return {
    kind: 'table',
    columns: [
      { title: 'run' },
      { title: 'tool' },
      { title: 'status' },
      { title: 'items', shrink: 2 },
      { title: 'started' },
      { title: 'error', shrink: 3 },
    ],
    rows: items.map((one) => [one.id, one.tool, one.status, countsOf(one.items), one.startedAt, one.errorCode]),
    notes: items.length === 0 ? ['No runs match.'] : [],
    next: next === undefined ? (only ? [`sheaf runs ${only.id}`] : []) : [`sheaf runs --after ${next}`],
  };
}

function countsOf({ total, completed, failed, skipped }: RunsOutput['items'][number]['items']): string {
  if (total === 0) return '';
  return `${completed}/${total}${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function progressOf({ done, total }: z.output<typeof event>): string {
  if (done === null || done === undefined) return '';
  return total === null || total === undefined ? String(done) : `${done}/${total}`;
}
