import { type PluginRef, pluginRef } from '@sheaf/core';
import type { StepEngine } from './step-engine.ts';

/** Names the engine as a need: `needs: { engine: engineRef, data: dataRef }`. */
export const engineRef: PluginRef<'engine', Record<never, never>, StepEngine> = pluginRef('engine');
