import { type Display, defineTool, STAGE_STATUSES, type StageStatus, type Tool } from '@sheaf/core';
import type { DomainCount } from '@sheaf/db';
import { z } from 'zod';
import type { CorpusContext } from './corpus-context.ts';

const input: z.ZodObject<{ domains: z.ZodDefault<z.ZodInt> }> = z.object({
  domains: z.int().min(0).max(1_000).default(10).describe('Domains to list, those with the most documents first'),
});

export interface StatusOutput {
  readonly workspace: string;
  readonly documents: { readonly total: number; readonly gone: number; readonly withContent: number };
  /** How many documents are in each status, by stage. */
  readonly stages: Readonly<Record<string, Readonly<Record<StageStatus, number>>>>;
  readonly domains: readonly DomainCount[];
  readonly sources: readonly { readonly kind: string; readonly uri: string }[];
  readonly openRuns: number;
}

const output: z.ZodType<StatusOutput> = z.object({
  workspace: z.string(),
  documents: z.object({ total: z.int(), gone: z.int(), withContent: z.int() }),
  stages: z.record(z.string(), z.record(z.enum(STAGE_STATUSES), z.int())),
  domains: z.array(z.object({ domain: z.string(), count: z.int() })),
  sources: z.array(z.object({ kind: z.string(), uri: z.string() })),
  openRuns: z.int(),
});

/** Open runs are counted up to here. */
const OPEN_RUNS_LIMIT = 1_000;

export const statusTool: Tool<typeof input, StatusOutput, CorpusContext> = defineTool({
  summary: 'Show how many documents there are and where they stand',
  effect: 'read',
  command: 'status',
  input,
  output,
  examples: [
    { input: {}, summary: 'The whole workspace' },
    { input: { domains: 0 }, summary: 'Without the domains' },
  ],
  display,
  async run({ needs, workspace }: CorpusContext, { domains }) {
    const { documents, sources, runs } = needs.data;
    const stages: Record<string, Record<StageStatus, number>> = {};
    for (const { stage, status, count } of await documents.countsByStage()) {
      const counts = stages[stage] ?? { pending: 0, completed: 0, failed: 0, skipped: 0, stale: 0 };
      counts[status] += count;
      stages[stage] = counts;
    }
    const open = await runs.page({ statuses: ['pending', 'running'], limit: OPEN_RUNS_LIMIT });
    return {
      workspace: workspace.slug,
      documents: {
        total: await documents.count(),
        gone: await documents.count({ isGone: true }),
        withContent: await documents.count({ hasContent: true }),
      },
      stages,
      domains: domains === 0 ? [] : await documents.countsByDomain({ limit: domains }),
      sources: (await sources.list()).map(({ kind, uri }) => ({ kind, uri })),
      openRuns: open.items.length,
    };
  },
});

function display(status: StatusOutput): Display {
  const { total, gone, withContent } = status.documents;
  const stages = Object.entries(status.stages);
  const waiting = (status.stages.fetch?.pending ?? 0) + (status.stages.fetch?.stale ?? 0);
  return {
    kind: 'table',
    title: `${total} documents in the workspace "${status.workspace}": ${withContent} with content, ${gone} gone`,
    columns: [{ title: 'stage' }, ...STAGE_STATUSES.map((title) => ({ title, align: 'right' as const }))],
    rows: stages.map(([stage, of]) => [stage, ...STAGE_STATUSES.map((one) => of[one])]),
    notes: [
      ...status.domains.map(({ domain, count }) => `${domain || '(no domain)'}: ${count}`),
      ...(status.openRuns > 0 ? [`${status.openRuns} run(s) open`] : []),
    ],
    next:
      total === 0 ? ['sheaf map https://docs.example.com'] : [...(waiting > 0 ? ['sheaf fetch'] : []), 'sheaf docs'],
  };
}
