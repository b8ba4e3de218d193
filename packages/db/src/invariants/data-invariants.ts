import type { PluginGraph } from '@sheaf/core';
import { contentFileInvariants } from './content-files.ts';
import { contentInvariants, declaredContentInvariants } from './contents.ts';
import { databaseInvariants, schemaInvariants } from './database.ts';
import { documentInvariants } from './documents.ts';
import { frontierInvariants } from './frontier.ts';
import type { Invariant } from './invariant.ts';
import { itemInvariants } from './items.ts';
import { lifecycleInvariants } from './lifecycle.ts';
import { mergedDocumentInvariants } from './merged-documents.ts';
import { roleInvariants } from './roles.ts';
import { runInvariants } from './runs.ts';
import { sourceInvariants } from './sources.ts';
import { declaredStageInvariants, stageInvariants } from './stages.ts';
import { stepInvariants } from './steps.ts';
import { upkeepInvariants } from './upkeep.ts';
import { versionInvariants } from './versions.ts';
import { workspaceInvariants } from './workspaces.ts';

/** What must hold of the core models, whatever the plugins. */
export const dataInvariants: readonly Invariant[] = [
  ...schemaInvariants,
  ...databaseInvariants,
  ...roleInvariants,
  ...upkeepInvariants,
  ...workspaceInvariants,
  ...sourceInvariants,
  ...documentInvariants,
  ...mergedDocumentInvariants,
  ...versionInvariants,
  ...stageInvariants,
  ...contentInvariants,
  ...contentFileInvariants,
  ...runInvariants,
  // Steps before the items that are derived from them.
  ...stepInvariants,
  ...itemInvariants,
  ...lifecycleInvariants,
  ...frontierInvariants,
];

/** Everything that must hold where these plugins are in use, in the order in which it is looked at and mended. */
export function invariantsOf(graph: PluginGraph): readonly Invariant[] {
  return [
    // Whoever declares an invariant makes it of this type; core cannot say so.
    ...(graph.invariants as readonly Invariant[]),
    ...declaredStageInvariants(graph),
    ...declaredContentInvariants(graph),
  ];
}
