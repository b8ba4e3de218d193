export { createSheaf } from './create-sheaf.ts';
export { engineErrors } from './errors.ts';
export { planGraph } from './plan-graph.ts';
export { engineRef } from './ref.ts';
export type { RetryPolicy } from './retry.ts';
export { DEFAULT_RETRY, retryDelay } from './retry.ts';
export type { BuiltIn, CallRequest, CreateSheafOptions, FittingPlugins, Sheaf, Workspace } from './sheaf-types.ts';
export type {
  EngineNeeds,
  SettledStep,
  StepEngine,
  StepHandler,
  StepOutcome,
  WorkCounts,
  WorkOptions,
} from './step-engine.ts';
