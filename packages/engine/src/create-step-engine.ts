import { type Access, type Clock, isSheafError, type Logger, type SheafError } from '@sheaf/core';
import { type ClaimedStep, isStoreFailure, type StepClaim } from '@sheaf/db';
import { engineErrors } from './errors.ts';
import { DEFAULT_RETRY, retryDelay } from './retry.ts';
import type { EngineNeeds, SettledStep, StepEngine, WorkCounts, WorkOptions } from './step-engine.ts';

export interface StepEngineOptions {
  readonly workerId: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Milliseconds that a claim holds without being renewed; default 30,000. It is renewed at a third of that. */
  readonly leaseMs?: number;
  /** In [0, 1); default Math.random. */
  readonly random?: () => number;
}

/**
 * Milliseconds that the end of an attempt may wait for others: their results are written, and new steps claimed in
 * their places, together. Long enough to spare transactions, short against the time of a request.
 */
const GATHER_MS = 30;

const NONE: WorkCounts = { completed: 0, skipped: 0, failed: 0, retried: 0 };

/** Milliseconds between looks at steps that another process holds, or that wait for their next attempt. */
const IDLE_MS = 500;

/** The in-process engine: claims steps from the store, works on them with bounded concurrency, writes in batches. */
export function createStepEngine(options: StepEngineOptions): StepEngine {
  const { workerId, log, leaseMs = 30_000, random = Math.random } = options;
  return {
    workerId,
    async work<Value, Repositories, Needs extends EngineNeeds>(
      work: WorkOptions<Value, Repositories, Needs>,
    ): Promise<WorkCounts> {
      const { context, type, runId, concurrency = 4, batchSize = 50, retry = DEFAULT_RETRY } = work;
      const { steps } = context.needs.data;
      let counts = NONE;
      const held = new Map<string, StepClaim>();
      const ready: SettledStep<Value>[] = [];
      const active = new Set<Promise<void>>();
      let firstEndAt = Number.POSITIVE_INFINITY;
      const stopHandlers = new AbortController();
      const stop = (): void => stopHandlers.abort(context.signal.reason);
      context.signal.addEventListener('abort', stop, { once: true });
      let fault: unknown;

      const attempt = async (step: ClaimedStep): Promise<void> => {
        const settled = await attemptStep(work, step, stopHandlers.signal);
        if (settled) ready.push(settled);
      };
      const renewal = setInterval(() => {
        steps.renew([...held.values()], leaseMs).catch((error: unknown) => {
          log.warn('leases were not renewed', { type, error: String(error) });
        });
      }, leaseMs / 3);

      /**
       * Writes a batch of what has ended and claims new steps, in one transaction: commits are most of what storing
       * costs. Gives what was claimed, at most `limit`.
       */
      const settle = async (limit: number): Promise<readonly ClaimedStep[]> => {
        const batch = ready.splice(0, batchSize);
        // A claim that is lost by the time of another try is lost then, too.
        const { totals, claimed } = await work.context.transaction(
          async (access) => ({
            totals: await saveBatch(work, access, batch, (step, askedMs) =>
              retryDelay(retry, step.attempt, random(), askedMs),
            ),
            claimed: await access.needs.data.steps.claim({ type, runId, workerId, limit, leaseMs }),
          }),
          { isRepeatable: true },
        );
        for (const { step } of batch) held.delete(step.stepId);
        for (const step of claimed) held.set(step.stepId, step);
        if (batch.length > 0) {
          counts = sum(counts, totals);
          work.onSettled?.(counts);
        }
        return claimed;
      };
      const flush = async (): Promise<void> => {
        while (ready.length > 0) await settle(0);
      };
      const gatherLeft = (): number => firstEndAt + GATHER_MS - performance.now();
      const turn = async (): Promise<void> => {
        while (ready.length > batchSize) await settle(0);
        const free = concurrency - active.size;
        if (ready.length === 0 && free < 1) return;
        const claimed = await settle(free);
        // The worker of an earlier attempt may have died of this step: nothing that is done is put at risk with it.
        if (claimed.some((step) => step.attempt > 1)) await flush();
        for (const step of claimed) {
          const task: Promise<void> = attempt(step)
            .catch((error: unknown) => {
              fault ??= error;
            })
            .finally(() => {
              active.delete(task);
              firstEndAt = Math.min(firstEndAt, performance.now());
            });
          active.add(task);
        }
      };

      try {
        while (fault === undefined && !context.signal.aborted) {
          if (active.size === 0 || gatherLeft() <= 0 || ready.length >= batchSize) {
            firstEndAt = Number.POSITIVE_INFINITY;
            await turn();
          }
          if (active.size > 0) {
            await raceFor(active, gatherLeft());
            continue;
          }
          await steps.sweep(type);
          const open = await steps.open({ type, runIds: [runId] });
          if (open.open === 0) return counts;
          await sleep(Math.min(Math.max(open.nextInMs ?? IDLE_MS, 10), IDLE_MS), context.signal);
        }
        if (fault !== undefined) throw fault;
        throw engineErrors.create('canceled', { tool: type });
      } catch (error) {
        if (!context.signal.aborted) fault ??= error;
        throw error;
      } finally {
        clearInterval(renewal);
        context.signal.removeEventListener('abort', stop);
        stop();
        await Promise.allSettled(active);
        // What has ended is written even now; the rest goes back for whoever comes next.
        if (fault === undefined) await flush();
        if (held.size > 0) {
          await steps.release([...held.values()]).catch((error: unknown) => {
            // Where the store is gone, the leases run out by themselves; its failure is the one to tell.
            if (fault === undefined) throw error;
          });
        }
      }
    },
  };
}

/** One attempt; undefined when it was broken off because the work is to stop. */
async function attemptStep<Value, Repositories, Needs extends EngineNeeds>(
  work: WorkOptions<Value, Repositories, Needs>,
  step: ClaimedStep,
  signal: AbortSignal,
): Promise<SettledStep<Value> | undefined> {
  if (step.attempt > step.maxAttempts) {
    const error = engineErrors.create('worker-lost', { step: step.uri });
    return { status: 'failed', error, step: { ...step, attempt: step.maxAttempts } };
  }
  try {
    return { ...(await work.handle(step, signal)), step };
  } catch (error) {
    if (signal.aborted) return undefined;
    // No document is at fault, and the next one would fare no better.
    if (isStoreFailure(error)) throw error;
    if (isSheafError(error)) return { status: 'failed', error, step };
    const reason = error instanceof Error ? error.message : String(error);
    return {
      status: 'failed',
      error: engineErrors.create('step-crashed', { step: step.uri, reason }, { cause: error }),
      step,
    };
  }
}

/** Ends steps and writes their results, inside a transaction; a step whose claim is lost leaves no trace. */
async function saveBatch<Value, Repositories, Needs extends EngineNeeds>(
  work: WorkOptions<Value, Repositories, Needs>,
  access: Access<Repositories, Needs>,
  batch: readonly SettledStep<Value>[],
  delayOf: (step: ClaimedStep, askedMs?: number) => number,
): Promise<WorkCounts> {
  if (batch.length === 0) return NONE;
  const { steps } = access.needs.data;
  const live = new Set((await steps.hold(batch.map(({ step }) => step))).map((claim) => claim.stepId));
  const settled = batch.filter(({ step }) => live.has(step.stepId));
  const retries = settled.filter(willRetry);
  const ended = settled.filter((one) => !willRetry(one));
  await work.save(access, ended);
  const failures = ended.filter((one) => one.status === 'failed');
  await steps.complete(
    ended
      .filter((one) => one.status !== 'failed')
      .map(({ step, status }) => ({ ...claimOf(step), status: status === 'skipped' ? 'skipped' : 'completed' })),
  );
  await steps.fail([
    ...failures.map(({ step, error }) => ({ ...claimOf(step), ...reasonOf(error) })),
    ...retries.map((one) => ({
      ...claimOf(one.step),
      ...reasonOf((one as { error: SheafError }).error),
      retryInMs: delayOf(one.step, (one as { retryInMs?: number }).retryInMs),
    })),
  ]);
  return {
    completed: ended.filter((one) => one.status === 'completed').length,
    skipped: ended.filter((one) => one.status === 'skipped').length,
    failed: failures.length,
    retried: retries.length,
  };
}

function sum(a: WorkCounts, b: WorkCounts): WorkCounts {
  return {
    completed: a.completed + b.completed,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    retried: a.retried + b.retried,
  };
}

function willRetry(settled: SettledStep<unknown>): boolean {
  return settled.status === 'failed' && settled.error.isRetryable && settled.step.attempt < settled.step.maxAttempts;
}

function claimOf({ stepId, claimToken }: StepClaim): StepClaim {
  return { stepId, claimToken };
}

function reasonOf(error: SheafError): { readonly errorCode: string; readonly errorMessage: string } {
  return { errorCode: error.code, errorMessage: error.message };
}

/** Until one of the tasks ends, or so many milliseconds (perhaps infinitely many) have passed. */
async function raceFor(tasks: ReadonlySet<Promise<void>>, milliseconds: number): Promise<void> {
  if (milliseconds === Number.POSITIVE_INFINITY) return Promise.race(tasks);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds));
  });
  await Promise.race([...tasks, timeout]);
  clearTimeout(timer);
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
