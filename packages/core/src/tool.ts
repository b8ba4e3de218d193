import type { z } from 'zod';
import type { Display } from './display.ts';
import type { Clock, Logger } from './environment.ts';
import type { SheafError } from './errors.ts';

/** The workspace that a call belongs to. */
export interface WorkspaceIdentity {
  readonly id: number;
  readonly slug: string;
}

/** How far a call has come: `done` of `total` units (unknown while absent) in a named phase. */
export interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
  readonly message?: string;
}

export interface OpenRunOptions {
  /** Goes on with the interrupted run of the same tool and input, where there is one; default true. */
  readonly resume?: boolean;
  /** What identifies the invocation for resuming; default: the tool's whole input. */
  readonly key?: unknown;
}

export interface OpenedRun {
  readonly id: string;
  readonly isResumed: boolean;
}

/**
 * The record of one invocation. It exists in the database once `open` was called; a call that only reads, or only
 * shows what it would do, never opens it.
 */
export interface RunHandle {
  open(options?: OpenRunOptions): Promise<OpenedRun>;
  /** Tells whoever watches; kept with the run, at most a few lines a second. */
  progress(progress: Progress): void;
  /** Keeps a line with the run. */
  event(level: 'info' | 'warning' | 'error', message: string, data?: Readonly<Record<string, unknown>>): void;
}

/** A plugin's own repositories, and what the plugins it needs offer; the same shape inside a transaction. */
export interface Access<Repositories, Needs> {
  readonly repositories: Repositories;
  readonly needs: Needs;
}

/** What a tool gets to work with. Everything is bound to one workspace. */
export interface ToolContext<Repositories = unknown, Needs = unknown> extends Access<Repositories, Needs> {
  readonly workspace: WorkspaceIdentity;
  readonly run: RunHandle;
  /** Who acts, a person or a program, where the caller has said so. */
  readonly actor: string | undefined;
  /** Aborted when the caller gives up; long work stops at the next safe point and leaves the run resumable. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs `work` on repositories rebuilt inside one database transaction: all of it happens, or nothing. */
  transaction<T>(
    work: (access: Access<Repositories, Needs>) => Promise<T>,
    options?: ToolTransactionOptions,
  ): Promise<T>;
}

export interface ToolTransactionOptions {
  /**
   * Says that `work` does nothing but by its repositories: it runs again, a few times, when the database has undone it for
   * the sake of another transaction. Default false.
   */
  readonly isRepeatable?: boolean;
}

/** What happens to the store when a tool runs: `read` changes nothing, `write` may. */
export type ToolEffect = 'read' | 'write';

export interface ToolExample<Input> {
  readonly input: Input;
  readonly summary: string;
}

/**
 * A capability, declared once: from it come the typed method, the CLI command with its help, and every other surface.
 * Units and defaults belong into the descriptions of the input's fields.
 */
export interface Tool<InputSchema extends z.ZodObject = z.ZodObject, Output = unknown, Context = never> {
  /** One sentence, imperative: "Fetch the pages that wait to be fetched". */
  readonly summary: string;
  readonly effect: ToolEffect;
  /**
   * `workspace` (default): the database is up to date and the workspace ready. `deployment`: the tool looks after the
   * database as it is, for which nothing is migrated or made ready; the workspace of its context is a name alone, its
   * repositories find nothing, and it opens no run.
   */
  readonly scope?: 'workspace' | 'deployment';
  /**
   * Whether it is of use only where something is stored already, so that no database is made for it. Default: what
   * reads, and what looks after the deployment.
   */
  readonly needsData?: boolean;
  readonly input: InputSchema;
  readonly output: z.ZodType<Output>;
  /** The CLI command; default `<plugin> <tool>`. */
  readonly command?: string;
  /** Input fields that the CLI takes by position, in order. */
  readonly positionals?: readonly (keyof z.input<InputSchema> & string)[];
  readonly examples?: readonly ToolExample<z.input<InputSchema>>[];
  readonly display?: (output: Output) => Display;
  /** The error that an output amounts to where success or failure is all that counts, as for a shell. */
  readonly failure?: (output: Output) => SheafError | undefined;
  readonly run: (context: Context, input: z.output<InputSchema>) => Promise<Output>;
}

// biome-ignore lint/suspicious/noExplicitAny: the widest tool, for lists of tools whose types differ.
export type AnyTool = Tool<any, any, any>;

/**
 * Declares a tool. The context's type says what the tool needs: annotate `run`'s first parameter with
 * `ToolContext<YourRepositories, YourNeeds>`.
 */
export function defineTool<InputSchema extends z.ZodObject, Output, Context>(
  tool: Tool<InputSchema, Output, Context>,
): Tool<InputSchema, Output, Context> {
  return tool;
}

/** The typed method that a tool becomes. */
export type ToolMethod<T extends AnyTool> = (
  input: z.input<T['input']>,
  options?: ToolCallOptions,
) => Promise<z.output<T['output']>>;

export interface ToolCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Who acts, for the run's record: a person or a program. */
  readonly actor?: string;
}
