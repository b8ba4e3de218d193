import { type AnyPlugin, defineErrors, definePlugin, defineTool, type ToolContext } from '@sheaf/core';
import { dataRef } from '@sheaf/db';
import { type EngineNeeds, engineRef, type StepEngine, type StepOutcome } from '@sheaf/engine';
import { z } from 'zod';

export const workErrors = defineErrors('work', {
  broken: { message: (p: { uri: string }) => `${p.uri} is broken`, hint: 'Mend it.' },
});

export type WorkContext = ToolContext<object, EngineNeeds & { readonly engine: StepEngine }>;

export interface WorkPluginOptions {
  /** What happens to a document; default: it completes. */
  readonly handle?: (uri: string, attempt: number, signal: AbortSignal) => Promise<StepOutcome<string>>;
  /** Called in each transaction that writes, after all of it is written; what it throws undoes the transaction. */
  readonly onSaved?: () => void;
  readonly concurrency?: number;
  readonly batchSize?: number;
}

/** A plugin that plans a step for each document of a domain and works on them. */
export function workPlugin({ handle, onSaved, concurrency = 4, batchSize }: WorkPluginOptions = {}): AnyPlugin {
  return definePlugin({
    id: 'work',
    needs: { data: dataRef, engine: engineRef },
    stages: [{ name: 'work', startsPending: true }],
    tools: {
      run: defineTool({
        summary: 'Work on every pending document',
        effect: 'write',
        input: z.object({ domain: z.string().optional() }),
        output: z.object({
          runId: z.string(),
          isResumed: z.boolean(),
          planned: z.int(),
          completed: z.int(),
          skipped: z.int(),
          failed: z.int(),
          retried: z.int(),
        }),
        async run(context: WorkContext, { domain }) {
          const { documents, steps } = context.needs.data;
          const run = await context.run.open();
          const { items } = await documents.identities({
            stage: { stage: 'work', statuses: ['pending'] },
            limit: 1_000,
            ...(domain === undefined ? {} : { domain }),
          });
          const planned = await steps.plan({
            runId: run.id,
            type: 'work',
            maxAttempts: 3,
            onlyIf: { stage: 'work', statuses: ['pending'] },
            steps: items.map(({ id }) => ({ documentId: id })),
          });
          const counts = await context.needs.engine.work<string, object, WorkContext['needs']>({
            context,
            type: 'work',
            runId: run.id,
            concurrency,
            ...(batchSize === undefined ? {} : { batchSize }),
            retry: { baseMs: 10, maxMs: 20 },
            onSettled: ({ completed }) => context.run.progress({ phase: 'work', done: completed }),
            handle: async (step, signal) =>
              handle ? handle(step.uri, step.attempt, signal) : { status: 'completed', value: step.uri },
            save: async (access, settled) => {
              await access.needs.data.stages.set(
                settled.map((one) => ({
                  documentId: one.step.documentId ?? '',
                  stage: 'work',
                  status: one.status,
                  runId: one.step.runId,
                  ...(one.status === 'failed' ? { errorCode: one.error.code } : {}),
                })),
              );
              onSaved?.();
            },
          });
          return { runId: run.id, isResumed: run.isResumed, planned, ...counts };
        },
      }),
      peek: defineTool({
        summary: 'Open a run although it only reads',
        effect: 'read',
        input: z.object({}),
        output: z.object({}),
        run: async (context: WorkContext) => {
          await context.run.open();
          return {};
        },
      }),
      lie: defineTool({
        summary: 'Give back what was not declared',
        effect: 'read',
        input: z.object({}),
        output: z.object({ count: z.int() }),
        run: async () => ({ count: 'three' as unknown as number }),
      }),
    },
  });
}
