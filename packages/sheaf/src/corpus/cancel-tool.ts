import { type Display, defineTool, RUN_STATUSES, type RunStatus, type Tool } from '@sheaf/core';
import { dbErrors, type RunCounts } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';

const input: z.ZodObject<{ run: z.ZodString; reason: z.ZodOptional<z.ZodString> }> = z.object({
  run: z.string().min(1).describe('The run (its id)'),
  reason: z.string().min(1).max(1_000).optional().describe('Why, for the run’s record'),
});

export interface CancelOutput {
  readonly run: string;
  readonly tool: string;
  /** False where the run had ended before; its status tells how. */
  readonly isCanceled: boolean;
  readonly status: RunStatus;
  readonly items: RunCounts;
}

const output: z.ZodType<CancelOutput> = z.object({
  run: z.string(),
  tool: z.string(),
  isCanceled: z.boolean(),
  status: z.enum(RUN_STATUSES),
  items: z.object({ total: z.int(), completed: z.int(), failed: z.int(), skipped: z.int(), canceled: z.int() }),
});

export const cancelTool: Tool<typeof input, CancelOutput, CorpusContext> = defineTool({
  summary: 'End a run for good; what it has done is kept, the rest waits for other runs',
  effect: 'write',
  needsData: true,
  command: 'cancel',
  positionals: ['run'],
  input,
  output,
  examples: [
    {
      input: { run: '01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88' },
      summary: 'A run as `sheaf runs --status running` lists it, at work or interrupted',
    },
  ],
  display,
  async run({ needs }: CorpusContext, { run, reason }) {
    const { runs } = needs.data;
    const isCanceled = await runs.cancel(run, reason);
    const record = await runs.find(run);
    if (!record) throw dbErrors.create('not-found', { what: 'run', id: run });
    return { run, tool: record.tool, isCanceled, status: record.status, items: record.items };
  },
});

function display({ run, tool, isCanceled, status, items }: CancelOutput): Display {
  if (!isCanceled) return { kind: 'text', text: `The run ${run} of ${tool} had ended before: ${status}.` };
  const undone = items.canceled === 0 ? '' : ` What it had not done (${items.canceled}) waits for other runs.`;
  return { kind: 'text', text: `Canceled the run ${run} of ${tool}.${undone}`, next: [`sheaf runs ${run}`] };
}
