import { type AnyPlugin, definePlugin, defineTool, type ToolContext } from '@sheaf/core';
import { dataRef } from '@sheaf/db';
import { type EngineNeeds, engineRef, type StepEngine } from '@sheaf/engine';
import { z } from 'zod';

/** Does one chore; what it throws is the chore's failure. */
export type DoChore = (chore: string, signal: AbortSignal) => Promise<void>;

export interface ChoresOutput {
  readonly isResumed: boolean;
  readonly completed: number;
  readonly failed: number;
}

type Needs = EngineNeeds & { readonly engine: StepEngine };

/** A plugin of somebody else, with a tool that Sheaf has never heard of. */
export function choresPlugin(doChore: DoChore): AnyPlugin {
  return definePlugin({
    id: 'chores',
    needs: { data: dataRef, engine: engineRef },
    tools: {
      do: defineTool({
        summary: 'Do chores',
        effect: 'write',
        input: z.object({ chores: z.array(z.string()) }),
        output: z.object({ isResumed: z.boolean(), completed: z.int(), failed: z.int() }),
        async run(context: ToolContext<object, Needs>, { chores }): Promise<ChoresOutput> {
          const { id: runId, isResumed } = await context.run.open();
          const { data, engine } = context.needs;
          if (!isResumed) await data.steps.plan({ runId, type: 'chore', steps: chores.map((unit) => ({ unit })) });
          const { completed, failed } = await engine.work<null, object, Needs>({
            context,
            type: 'chore',
            runId,
            concurrency: 2,
            async handle({ uri }, signal) {
              await doChore(uri, signal);
              return { status: 'completed', value: null };
            },
            save: async () => {},
          });
          return { isResumed, completed, failed };
        },
      }),
    },
  });
}
