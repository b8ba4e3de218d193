import type { Access, NeedHandles, ToolContext } from '@sheaf/core';
import { dataRef } from '@sheaf/db';
import { engineRef } from '@sheaf/engine';
import { webRef } from '@sheaf/web';
import type { FetchResultRepository } from './repositories/fetch-result-repository.ts';

export type FetchNeedRefs = {
  readonly data: typeof dataRef;
  readonly web: typeof webRef;
  readonly engine: typeof engineRef;
};

export const fetchNeeds: FetchNeedRefs = { data: dataRef, web: webRef, engine: engineRef };

/** What the tool gets for its needs. */
export type FetchNeeds = NeedHandles<FetchNeedRefs>;

export interface FetchRepositories {
  readonly results: FetchResultRepository;
}

export type FetchContext = ToolContext<FetchRepositories, FetchNeeds>;

/** What a transaction of this plugin works with. */
export type FetchAccess = Access<FetchRepositories, FetchNeeds>;
