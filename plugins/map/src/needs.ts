import type { NeedHandles } from '@sheaf/core';
import { dataRef } from '@sheaf/db';
import { engineRef } from '@sheaf/engine';
import { webRef } from '@sheaf/web';

export type MapNeedRefs = {
  readonly data: typeof dataRef;
  readonly web: typeof webRef;
  readonly engine: typeof engineRef;
};

export const mapNeeds: MapNeedRefs = { data: dataRef, web: webRef, engine: engineRef };

/** What the tool gets for its needs. */
export type MapNeeds = NeedHandles<MapNeedRefs>;
