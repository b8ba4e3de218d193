import type {
  AnyPlugin,
  AnyTool,
  Clock,
  Logger,
  NeedRefs,
  Plugin,
  PluginGraph,
  ToolCallOptions,
  ToolMethod,
} from '@sheaf/core';
import type {
  ClientFactories,
  Connection,
  DataRepositories,
  DataScope,
  DataService,
  PoolOptions,
  PrismaClientPort,
  SqliteSettings,
} from '@sheaf/db';
import type { StepEngine } from './step-engine.ts';

export interface CreateSheafOptions<Client extends PrismaClientPort, Plugins extends readonly AnyPlugin[]> {
  /** A path or `file:` URL for SQLite, or `postgres://`. */
  readonly url: string;
  readonly clients: ClientFactories<Client>;
  readonly plugins: Plugins & FittingPlugins<Plugins, Client>;
  readonly pool?: PoolOptions;
  readonly sqlite?: SqliteSettings;
  /**
   * Whether pending migrations are applied at the start (`auto`, the default), make it fail (`check`), or are not
   * looked at (`off`).
   */
  readonly migrate?: 'auto' | 'check' | 'off';
  /** The folder with `sqlite/` and `postgresql/` histories; default the shipped one. */
  readonly migrationsFolder?: string;
  /** Where the larger contents of an SQLite database are kept; default `<database file>-bytes`. */
  readonly bytesFolder?: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Receives the text of each SQL statement, without values. */
  readonly onStatement?: (text: string) => void;
  /** Milliseconds for each plugin's start; default 30,000. */
  readonly startTimeoutMs?: number;
}

/** The plugins as one workspace offers them: each plugin's tools as methods, and its repositories. */
export type Workspace<Plugins extends readonly AnyPlugin[]> = {
  readonly data: DataRepositories;
} & {
  readonly [P in Plugins[number] as P['id']]: PluginMethods<P>;
};

type PluginMethods<P extends AnyPlugin> = {
  readonly [Name in keyof P['tools']]: P['tools'][Name] extends AnyTool ? ToolMethod<P['tools'][Name]> : never;
} & ReturnType<P['repositories']>;

export interface Sheaf<Plugins extends readonly AnyPlugin[] = readonly AnyPlugin[]> {
  /**
   * The workspace of that name. `default` is made when it is first used; others are made by `workspaces.create`.
   * Calls on one that does not exist are refused with `db.unknown-workspace`.
   */
  workspace(slug: string): Workspace<Plugins>;
  readonly workspaces: DataService['workspaces'];
  readonly graph: PluginGraph;
  /** Calls a tool by name, for surfaces that are made from declarations. @throws `engine.unknown-tool`. */
  call(request: CallRequest): Promise<unknown>;
  readonly connection: Connection<unknown>;
  readonly engine: StepEngine;
  /** Waits for nothing: abort calls first. Stops all plugins and closes the database. */
  close(): Promise<void>;
}

export interface CallRequest extends ToolCallOptions {
  readonly workspace: string;
  readonly plugin: string;
  readonly tool: string;
  readonly input: unknown;
}

/**
 * Each plugin as it must be: its needs are in the list, and the app's client has the delegates that it states. What
 * does not fit becomes a sentence in the place of the plugin. `Present` names plugins that are there besides the list.
 */
export type FittingPlugins<Plugins extends readonly AnyPlugin[], Client, Present extends string = never> = {
  readonly [Index in keyof Plugins]: FittingPlugin<Plugins[Index], Plugins[number]['id'] | BuiltIn | Present, Client>;
};

/** The plugins that every Sheaf has. */
export type BuiltIn = 'data' | 'integrity' | 'engine';

type FittingPlugin<P, Ids, Client> =
  P extends Plugin<infer Id, infer Scope, infer Needs, infer _Repositories, infer _Tools, infer _Service>
    ? [MissingNeeds<Needs, Ids>] extends [never]
      ? DataScope<Client> extends Scope
        ? P
        : { readonly error: `The plugin "${Id}" states delegates that the Prisma client does not have` }
      : {
          readonly error: `The plugin "${Id}" needs "${MissingNeeds<Needs, Ids>}", which is not in the list of plugins`;
        }
    : P;

/** Ids of references are plain strings in general; only literal ones can be checked by the compiler. */
type MissingNeeds<Needs extends NeedRefs, Ids> = {
  [Name in keyof Needs]: string extends Needs[Name]['id']
    ? never
    : Needs[Name]['id'] extends Ids
      ? never
      : Needs[Name]['id'];
}[keyof Needs];
