import { type PluginRef, pluginRef } from '@sheaf/core';
import type { WebClient } from './web-client.ts';

/** Names the web client as a need: `needs: { web: webRef }` gives `context.needs.web.get(…)`. */
export const webRef: PluginRef<'web', Record<never, never>, WebClient> = pluginRef('web');
