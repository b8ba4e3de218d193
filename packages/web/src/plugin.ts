import { definePlugin, type Plugin, type ScopeBase } from '@sheaf/core';
import { dataRef } from '@sheaf/db';
import { readSettings } from './settings.ts';
import { createWebClient, type WebClient } from './web-client.ts';
import type { WebClientOptions } from './web-client-options.ts';

/** Those of the client, except for what the deployment provides: its clock, its log and the shared host gate. */
export type WebPluginOptions = Omit<WebClientOptions, 'gate' | 'clock' | 'log'>;

export type WebPlugin = Plugin<
  'web',
  ScopeBase,
  { readonly data: typeof dataRef },
  Record<never, never>,
  Record<never, never>,
  WebClient
>;

/**
 * The web client as a plugin: one for the deployment, paced through the database, so that all processes that share it
 * keep to one pace per host.
 *
 * @throws `web.invalid-options`.
 */
export function webPlugin(options: WebPluginOptions = {}): WebPlugin {
  readSettings(options);
  return definePlugin({
    id: 'web',
    needs: { data: dataRef },
    setup: ({ needs, clock, log }) => createWebClient({ ...options, gate: needs.data.hostGates, clock, log }),
    stop: (client) => client.close(),
  });
}
