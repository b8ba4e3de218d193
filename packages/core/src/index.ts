export { canonicalJson } from './canonical-json.ts';
export { cleanJson, cleanText } from './clean-text.ts';
export type { Cell, Display, DisplayBase, RecordDisplay, TableColumn, TableDisplay, TextDisplay } from './display.ts';
export type { Clock, Logger } from './environment.ts';
export { silentLogger, systemClock } from './environment.ts';
export type { CreateErrorOptions, ErrorCatalog, ErrorSpec } from './errors.ts';
export { defineErrors, isSheafError, SheafError } from './errors.ts';
export type { PluginGraph, RegisteredTool } from './graph.ts';
export { buildGraph } from './graph.ts';
export { pluginErrors } from './graph-errors.ts';
export type { ContentHash } from './hash.ts';
export { contentHash, digestOf } from './hash.ts';
export type { CreateId } from './ids.ts';
export { createId } from './ids.ts';
export type { StartedPlugins, StartPluginsOptions } from './lifecycle.ts';
export { startPlugins } from './lifecycle.ts';
export type {
  AnyPlugin,
  AnyPluginRef,
  Facet,
  FacetColumn,
  FacetColumnType,
  InvariantDeclaration,
  NeedHandles,
  NeedRefs,
  NeedServices,
  Plugin,
  PluginDefinition,
  PluginRef,
  SchemaFragment,
  ScopeBase,
  SetupContext,
  StageDeclaration,
} from './plugin.ts';
export { definePlugin, pluginRef } from './plugin.ts';
export type { FinalStatus, RunStatus, StageStatus } from './status.ts';
export { FINAL_STATUSES, isFinalStatus, RUN_STATUSES, STAGE_STATUSES } from './status.ts';
export type {
  Access,
  AnyTool,
  OpenedRun,
  OpenRunOptions,
  Progress,
  RunHandle,
  Tool,
  ToolCallOptions,
  ToolContext,
  ToolEffect,
  ToolExample,
  ToolMethod,
  ToolTransactionOptions,
  WorkspaceIdentity,
} from './tool.ts';
export { defineTool } from './tool.ts';
