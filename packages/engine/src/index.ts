export { engineErrors } from './errors.ts';
export { engineRef } from './ref.ts';
export type { RetryPolicy } from './retry.ts';
export { DEFAULT_RETRY, retryDelay } from './retry.ts';
export type {
  EngineNeeds,
  SettledStep,
  StepEngine,
  StepHandler,
  StepOutcome,
  WorkCounts,
  WorkOptions,
} from './step-engine.ts';
