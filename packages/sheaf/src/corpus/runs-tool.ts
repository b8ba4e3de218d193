import { type Display, defineTool, RUN_STATUSES, type RunStatus, type Tool } from '@sheaf/core';
import { dbErrors, type Page, type RunCounts, type RunEventRecord, type RunRecord } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';
import { runEventSchema, runSchema } from './schemas.ts';

const input: z.ZodObject<{
  run: z.ZodOptional<z.ZodString>;
  tool: z.ZodOptional<z.ZodString>;
  status: z.ZodOptional<z.ZodArray<z.ZodEnum<{ [Status in RunStatus]: Status }>>>;
  limit: z.ZodDefault<z.ZodInt>;
  after: z.ZodOptional<z.ZodString>;
}> = z.object({
  run: z.string().optional().describe('Show this run (its id) with its events'),
  tool: z.string().optional().describe('Only runs of this tool, e.g. fetch.run'),
  status: z.array(z.enum(RUN_STATUSES)).optional().describe('Only runs in one of these statuses'),
  limit: z.int().min(1).max(1_000).default(20).describe('Runs on a page, newest first'),
  after: z.string().optional().describe('The cursor of the page before (its "next")'),
});

export interface RunsOutput extends Page<RunRecord> {
  /** Of one run, where one was named. */
  readonly events?: readonly RunEventRecord[];
}

const output: z.ZodType<RunsOutput> = z.object({
  items: z.array(runSchema),
  next: z.string().exactOptional(),
  events: z.array(runEventSchema).exactOptional(),
});

/** Events shown with one run. */
const EVENT_LIMIT = 1_000;

export const runsTool: Tool<typeof input, RunsOutput, CorpusContext> = defineTool({
  summary: 'List runs, or show one with its events',
  effect: 'read',
  command: 'runs',
  positionals: ['run'],
  input,
  output,
  examples: [
    { input: { tool: 'fetch.run', status: ['failed'] }, summary: 'Fetches that failed' },
    { input: { run: '01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88' }, summary: 'One run with its events' },
  ],
  display,
  async run({ needs }: CorpusContext, query) {
    const { runs } = needs.data;
    if (query.run !== undefined) {
      const found = await runs.find(query.run);
      if (!found) throw dbErrors.create('not-found', { what: 'run', id: query.run });
      return { items: [found], events: await runs.events(query.run, { limit: EVENT_LIMIT }) };
    }
    return runs.page({
      limit: query.limit,
      ...(query.tool === undefined ? {} : { tool: query.tool }),
      ...(query.status === undefined ? {} : { statuses: query.status }),
      ...(query.after === undefined ? {} : { after: query.after }),
    });
  },
});

function display({ items, next, events }: RunsOutput): Display {
  const [only] = items;
  if (only && events) {
    return {
      kind: 'record',
      title: `${only.tool}: ${only.status}`,
      fields: [
        ['id', only.id],
        ['by', only.actor],
        ['started', only.startedAt],
        ['ended', only.endedAt],
        ['items', countsOf(only.items)],
        ['error', only.errorMessage],
        ...events.map(
          (one) => [one.at.toISOString(), [one.phase, progressOf(one), one.message].filter(Boolean).join(' ')] as const,
        ),
      ],
      next: only.endedAt ? [] : [`sheaf cancel ${only.id}`],
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
      { title: 'by', shrink: 4 },
      { title: 'error', shrink: 3 },
    ],
    rows: items.map((one) => [
      one.id,
      one.tool,
      one.status,
      countsOf(one.items),
      one.startedAt,
      one.actor,
      one.errorCode,
    ]),
    notes: items.length === 0 ? ['No runs match.'] : [],
    next: next === undefined ? (only ? [`sheaf runs ${only.id}`] : []) : [`sheaf runs --after ${next}`],
  };
}

function countsOf({ total, completed, failed, skipped }: RunCounts): string {
  if (total === 0) return '';
  return `${completed}/${total}${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function progressOf({ done, total }: RunEventRecord): string {
  if (done === undefined) return '';
  return total === undefined ? String(done) : `${done}/${total}`;
}
