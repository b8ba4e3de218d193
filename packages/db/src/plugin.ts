import { definePlugin, type Plugin } from '@sheaf/core';
import { dataFragment } from './data-fragment.ts';
import { createDataRepositories, createDataService, type DataServiceOptions } from './data-repositories.ts';
import { dataInvariants } from './invariants/data-invariants.ts';
import type { DataRepositories, DataService } from './ref.ts';
import type { DataScope } from './scope.ts';

export interface DataPluginOptions extends Pick<DataServiceOptions, 'bytes' | 'onWorkspaceGone'> {
  /** Borrowed: whoever opened it closes it. */
  readonly connection: DataServiceOptions['session'];
}

/** The data layer as a plugin: the core models, their repositories, and what belongs to the whole deployment. */
export type DataPlugin = Plugin<
  'data',
  DataScope,
  Record<never, never>,
  DataRepositories,
  Record<never, never>,
  DataService
>;

export function dataPlugin({ connection, ...options }: DataPluginOptions): DataPlugin {
  return definePlugin({
    id: 'data',
    schema: dataFragment,
    invariants: dataInvariants,
    repositories: createDataRepositories,
    setup: ({ clock }) => createDataService({ ...options, session: connection, clock }),
  });
}
