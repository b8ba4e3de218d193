import { definePlugin, type Plugin, type PluginGraph, type PluginRef, pluginRef } from '@sheaf/core';
import type { ByteStore } from '../bytes/byte-store.ts';
import type { Connection } from '../connection/connection.ts';
import type { MigrationSource } from '../migrate/migration-history.ts';
import type { DataScope } from '../scope.ts';
import { createIntegrity, type Integrity } from './integrity.ts';

export interface IntegrityPluginOptions {
  /** Borrowed: whoever opened it closes it. */
  readonly connection: Connection<unknown>;
  readonly bytes: ByteStore;
  /** The plugins whose data is checked, this one among them: asked for when it is started. */
  readonly graph: () => PluginGraph;
  readonly migrations?: MigrationSource;
}

/** The check of all that is stored, as a plugin. */
export type IntegrityPlugin = Plugin<
  'integrity',
  DataScope,
  Record<never, never>,
  Record<never, never>,
  Record<never, never>,
  Integrity
>;

/** Names the check as a need: `needs: { integrity: integrityRef }`. */
export const integrityRef: PluginRef<'integrity', Record<never, never>, Integrity> = pluginRef('integrity');

export function integrityPlugin({ connection, graph, ...rest }: IntegrityPluginOptions): IntegrityPlugin {
  return definePlugin({
    id: 'integrity',
    setup: ({ clock }) =>
      createIntegrity({ session: connection.as('admin'), connection, graph: graph(), clock, ...rest }),
  });
}
