import type { Clock, Logger } from './environment.ts';
import type { AnyTool, ToolContext, WorkspaceIdentity } from './tool.ts';

/**
 * A typed reference to another plugin, exported from that plugin's thin `ref` entry: naming it as a need gives its
 * repositories and its service, without importing the plugin.
 */
export interface PluginRef<Id extends string, Repositories extends object, Service extends object> {
  readonly id: Id;
  /** Types only; never present at run time. */
  readonly '~types'?: { readonly repositories: Repositories; readonly service: Service };
}

// biome-ignore lint/suspicious/noExplicitAny: the widest reference.
export type AnyPluginRef = PluginRef<string, any, any>;

/**
 * Makes the reference under which other plugins reach a plugin. What it offers is in the declared type.
 *
 * @example
 * export const webRef: PluginRef<'web', Record<never, never>, WebClient> = pluginRef('web');
 */
export function pluginRef<const Id extends string, Repositories extends object, Service extends object>(
  id: Id,
): PluginRef<Id, Repositories, Service> {
  return { id };
}

export type NeedRefs = Readonly<Record<string, AnyPluginRef>>;

/**
 * What a tool gets for its needs: each plugin's repositories, bound to the workspace, and its service. Where the
 * reference names tools of the plugin among its service, they are called in the same workspace, each with a run of its
 * own; inside a transaction they are not there.
 */
export type NeedHandles<Needs extends NeedRefs> = {
  readonly [Name in keyof Needs]: Needs[Name] extends PluginRef<string, infer Repositories, infer Service>
    ? Repositories & Service
    : never;
};

/** What a plugin's `setup` gets for its needs: their services alone, since no workspace is chosen yet. */
export type NeedServices<Needs extends NeedRefs> = {
  readonly [Name in keyof Needs]: Needs[Name] extends PluginRef<string, object, infer Service> ? Service : never;
};

/** The least of a scope that core knows: whose data it is. The data layer's scope adds the database. */
export interface ScopeBase {
  readonly workspace: WorkspaceIdentity;
}

/** A plugin's part of the database schema. Paths are file URLs, so that they hold in source and in a package. */
export interface SchemaFragment {
  /** The `.prisma` file with this plugin's models. */
  readonly models: URL;
  /** The tables that the models map to. */
  readonly tables: readonly string[];
  /**
   * The columns that hold the hash of a content, by table: each leads to a content that is there, and a content that
   * none of them names is an orphan.
   */
  readonly contents?: Readonly<Record<string, readonly string[]>>;
  /** Idempotent SQL for what Prisma's schema cannot say, applied after the migrations. */
  readonly extras?: { readonly sqlite?: URL; readonly postgresql?: URL };
}

export type FacetColumnType = 'text' | 'integer' | 'real' | 'boolean' | 'datetime' | 'json';

export interface FacetColumn {
  readonly column: string;
  readonly type: FacetColumnType;
}

/**
 * What a plugin adds to the read model of a document: columns of the result that its stage's run wrote. `table` has
 * one row per (workspace_id, document_id, run_id), that being its primary key.
 */
export interface Facet {
  readonly stage: string;
  readonly table: string;
  readonly columns: Readonly<Record<string, FacetColumn>>;
}

/** A per-document stage that a plugin keeps. */
export interface StageDeclaration {
  readonly name: string;
  /** Every document gets a `pending` row of this stage when it is registered. */
  readonly startsPending?: boolean;
  /** A new version of a document makes its completed row of this stage `stale`. */
  readonly readsContent?: boolean;
}

/**
 * Something that must hold of a plugin's data, as far as core knows it. The data layer's `Invariant` says what `find`
 * is given, and what it gives.
 */
export interface InvariantDeclaration {
  /** Lower-case words joined by `-`, a concept and what holds of it joined by `.`: `documents.current-version`. */
  readonly id: string;
  /** What holds, in one sentence. */
  readonly summary: string;
  /** Says what violates it. */
  readonly find: (context: never) => unknown;
}

export interface SetupContext<Needs extends NeedRefs> {
  readonly needs: NeedServices<Needs>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * A plugin: tables, repositories, tools, stages and facets that fit in by registration alone. It does no work before
 * `setup` and undoes everything in `stop`.
 */
export interface Plugin<
  Id extends string,
  Scope extends ScopeBase,
  Needs extends NeedRefs,
  Repositories extends object,
  Tools extends Readonly<Record<string, AnyTool>>,
  Service extends object,
> {
  /** Lower-case words joined by `-`; also the name under which a workspace offers the plugin. */
  readonly id: Id;
  readonly schema?: SchemaFragment;
  readonly needs: Needs;
  readonly stages?: readonly StageDeclaration[];
  readonly facets?: readonly Facet[];
  readonly invariants?: readonly InvariantDeclaration[];
  /** Pure: called anew for each scope, so that a transaction rebuilds them. */
  readonly repositories: (scope: Scope) => Repositories;
  readonly tools: Tools;
  /** Starts what the plugin needs for the whole deployment; awaited in dependency order. */
  readonly setup: (context: SetupContext<Needs>) => Promise<Service> | Service;
  readonly stop?: (service: Service) => Promise<void> | void;
}

// biome-ignore lint/suspicious/noExplicitAny: the widest plugin, for lists of plugins whose types differ.
export type AnyPlugin = Plugin<string, any, any, any, any, any>;

export interface PluginDefinition<
  Id extends string,
  Scope extends ScopeBase,
  Needs extends NeedRefs,
  Repositories extends object,
  Tools extends Readonly<Record<string, AnyTool>>,
  Service extends object,
> extends Partial<Omit<Plugin<Id, Scope, Needs, Repositories, Tools, Service>, 'id' | 'tools'>> {
  readonly id: Id;
  readonly tools?: Tools & ToolsWithin<Tools, Repositories, Needs>;
}

/** Each tool may ask for no more than the plugin has: its own repositories and its declared needs. */
type ToolsWithin<Tools, Repositories, Needs extends NeedRefs> = {
  readonly [Name in keyof Tools]: Tools[Name] extends {
    readonly run: (context: infer Context, input: never) => unknown;
  }
    ? ToolContext<Repositories, NeedHandles<Needs>> extends Context
      ? unknown
      : {
          readonly error: 'This tool asks its context for repositories or needs that the plugin does not declare';
          readonly tool: Name;
        }
    : never;
};

/**
 * Declares a plugin. Factories write out the return type (`Plugin<…>`), so that nothing is inferred across packages.
 */
export function definePlugin<
  const Id extends string,
  Scope extends ScopeBase = ScopeBase,
  const Needs extends NeedRefs = Record<never, never>,
  Repositories extends object = Record<never, never>,
  Tools extends Readonly<Record<string, AnyTool>> = Record<never, never>,
  Service extends object = Record<never, never>,
>(
  definition: PluginDefinition<Id, Scope, Needs, Repositories, Tools, Service>,
): Plugin<Id, Scope, Needs, Repositories, Tools, Service> {
  return {
    ...definition,
    needs: definition.needs ?? ({} as Needs),
    repositories: definition.repositories ?? (() => ({}) as Repositories),
    tools: definition.tools ?? ({} as Tools),
    setup: definition.setup ?? (() => ({}) as Service),
  };
}
