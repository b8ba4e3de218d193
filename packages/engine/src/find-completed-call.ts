import { canonicalJson, cleanJson } from '@sheaf/core';
import type { RunRecord, RunRepository } from '@sheaf/db';

export interface CompletedCall {
  /** `plugin.tool`. */
  readonly tool: string;
  readonly input: unknown;
  /** The run that makes the call, and has made it before if it was interrupted. */
  readonly callerRunId: string;
  readonly runs: RunRepository;
}

/** The run of the same call that has completed since the caller's run was made, if there is one. */
export async function findCompletedCall({
  tool,
  input,
  callerRunId,
  runs,
}: CompletedCall): Promise<RunRecord | undefined> {
  const wanted = canonicalJson(cleanJson(input));
  for (let after: string | undefined; ; ) {
    const { items, next } = await runs.page({
      tool,
      statuses: ['completed'],
      ...(after === undefined ? {} : { after }),
    });
    for (const run of items) {
      // Ids grow with time: what comes from here on was made before the caller.
      if (run.id < callerRunId) return undefined;
      if (canonicalJson(run.input) === wanted) return run;
    }
    if (next === undefined) return undefined;
    after = next;
  }
}
