import {
  type Clock,
  isSheafError,
  type Logger,
  type OpenedRun,
  type RegisteredTool,
  type RunStatus,
  type ToolContext,
} from '@sheaf/core';
import { type DataRepositories, type DataScope, isStoreFailure } from '@sheaf/db';
import { engineErrors } from './errors.ts';
import { findCompletedCall } from './find-completed-call.ts';
import type { PluginAccess } from './plugin-access.ts';
import { createRunHandle } from './run-handle.ts';
import type { CallRequest } from './sheaf-types.ts';
import { validate } from './validate.ts';

/** A call that another tool may have made. */
export interface NestedCallRequest extends CallRequest {
  /** The run of the tool that calls, as far as it has opened one. */
  readonly caller?: OpenedRun | undefined;
}

export interface CallToolOptions {
  readonly registered: RegisteredTool;
  readonly request: NestedCallRequest;
  readonly scope: DataScope;
  readonly data: DataRepositories;
  readonly access: PluginAccess;
  /** Calls another tool on behalf of this one. */
  readonly call: (request: NestedCallRequest) => Promise<unknown>;
  readonly workerId: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Calls a tool: checks its input, gives it its context, keeps the record of its run, checks its output. A call that was
 * interrupted, or that the store has failed, lets go of its run, which the next call with the same input goes on with:
 * of the tools that it calls, those that had completed before are not called again, but answer as they did.
 *
 * @throws `engine.invalid-input`, `engine.invalid-output`, `engine.canceled` when the signal was aborted,
 *   `engine.run-ended` when the run was canceled meanwhile, and whatever the tool throws.
 */
export async function callTool(options: CallToolOptions): Promise<unknown> {
  const { registered, request, scope, data, access, workerId, leaseMs, clock, log } = options;
  const { plugin, name, tool } = registered;
  const id = `${plugin}.${name}`;
  const input = await validate(tool.input, request.input ?? {}, (problems) =>
    engineErrors.create('invalid-input', { tool: id, problems }),
  );
  if (request.caller?.isResumed) {
    const done = await findCompletedCall({ tool: id, input, callerRunId: request.caller.id, runs: data.runs });
    if (done) return checkOutput(registered, done.output);
  }
  const signal = request.signal ?? new AbortController().signal;
  const run = createRunHandle({
    tool: id,
    effect: tool.effect,
    input,
    actor: request.actor,
    workerId,
    leaseMs,
    runs: data.runs,
    onProgress: request.onProgress,
    onError: (error) => log.warn('the run’s record was not updated', { tool: id, error: String(error) }),
  });
  const context: ToolContext<object, Record<string, object>> = {
    ...access(plugin, scope, (neededPlugin, neededTool, neededInput) =>
      options.call({
        ...request,
        signal,
        plugin: neededPlugin,
        tool: neededTool,
        input: neededInput,
        caller: run.opened(),
      }),
    ),
    workspace: scope.workspace,
    run: run.handle,
    actor: request.actor,
    signal,
    clock,
    log,
    transaction: (work, transactionOptions) =>
      scope.transaction((inner) => work(access(plugin, inner)), transactionOptions),
  };
  try {
    const output = await checkOutput(registered, await tool.run(context as never, input));
    await run.close();
    const opened = run.opened();
    if (opened) {
      const { status } = await data.runs.finish({ runId: opened.id, status: 'completed', output });
      if (status !== 'completed') throw engineErrors.create('run-ended', { run: opened.id, status });
    }
    return output;
  } catch (error) {
    await run.close();
    const status = await settleFailure(run.opened()?.id, error, signal, options);
    if (status === 'canceled' && !isSheafError(error, 'engine.run-ended')) {
      throw engineErrors.create('run-ended', { run: run.opened()?.id ?? '', status }, { cause: error });
    }
    if (signal.aborted && !isSheafError(error, 'engine.canceled')) {
      throw engineErrors.create('canceled', { tool: id }, { cause: error });
    }
    throw error;
  }
}

function checkOutput({ plugin, name, tool }: RegisteredTool, output: unknown): Promise<unknown> {
  return validate(tool.output, output, (problems) =>
    engineErrors.create('invalid-output', { tool: `${plugin}.${name}`, problems }),
  );
}

/** Gives the status in which the run has ended, where it has. */
async function settleFailure(
  runId: string | undefined,
  error: unknown,
  signal: AbortSignal,
  { data, workerId, log }: CallToolOptions,
): Promise<RunStatus | undefined> {
  if (runId === undefined) return undefined;
  try {
    // What a person has to mend before it can go on is no end: the next call with the same input goes on with it.
    if (signal.aborted || isStoreFailure(error)) {
      await data.runs.release(runId, workerId);
      return undefined;
    }
    const { status } = await data.runs.finish({
      runId,
      status: 'failed',
      errorCode: isSheafError(error) ? error.code : 'engine.tool-crashed',
      errorMessage: error instanceof Error ? error.message : String(error),
    });
    return status;
  } catch (recordError) {
    // The tool's own error is the one to tell; the run stays open and can be resumed.
    log.warn('the end of the run was not recorded', { runId, error: String(recordError) });
    return undefined;
  }
}
