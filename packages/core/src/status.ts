/** The words for where a run, item or step stands. `error` will be tried again, `failed` gave up. */
export const RUN_STATUSES = ['pending', 'running', 'completed', 'error', 'failed', 'canceled', 'skipped'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** The words for where one document stands in one stage. `stale`: completed once, but its input has changed since. */
export const STAGE_STATUSES = ['pending', 'completed', 'failed', 'skipped', 'stale'] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];

/** Statuses that a step, item or run never leaves by itself. */
export const FINAL_STATUSES = ['completed', 'failed', 'canceled', 'skipped'] as const;
export type FinalStatus = (typeof FINAL_STATUSES)[number];

export function isFinalStatus(status: RunStatus): status is FinalStatus {
  return (FINAL_STATUSES as readonly string[]).includes(status);
}
