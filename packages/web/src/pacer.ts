import { setTimeout as sleep } from 'node:timers/promises';
import type { HostGateRepository } from '@sheaf/db';
import { untilAborted } from './abort.ts';
import { webErrors } from './errors.ts';

export interface PacerOptions {
  readonly gate: HostGateRepository;
  /** How many requests may be open on one host at once. */
  readonly maxPerHost: number;
  /** The longest wait, in milliseconds, that the gate may ask of a request whose turn it is. */
  readonly maxWaitMs: number;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
}

export interface TurnRequest {
  readonly host: string;
  /** Milliseconds between this request and the next on the host. */
  readonly delayMs: number;
  readonly signal: AbortSignal;
}

export interface HostAnswer {
  readonly host: string;
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}

/** Gives turns on hosts: first come, first served, a few at once, each when the gate grants it. */
export interface Pacer {
  /**
   * Waits for a turn and returns what ends it.
   *
   * @throws `web.host-backing-off` when the host asked for a longer wait than `maxWaitMs`; the signal's reason.
   */
  takeTurn(request: TurnRequest): Promise<() => void>;
  /** Tells how a host answered, so that the gate is closed after 429 and 503. */
  noteAnswer(answer: HostAnswer): Promise<void>;
}

/** Without a Retry-After the wait doubles with each refusal in a row, from the first to the second of these. */
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 300_000;
/** No host can close itself for longer than a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;
/** A gate that says "not yet, wait 0 ms" is not asked in a busy loop. */
const SHORTEST_WAIT_MS = 5;

interface HostState {
  /** Resolves when the last in the queue has had its turn. */
  queue: Promise<void>;
  open: number;
  waiting: number;
  refusals: number;
  onFree: (() => void) | undefined;
}

export function createPacer({ gate, maxPerHost, maxWaitMs, random }: PacerOptions): Pacer {
  const hosts = new Map<string, HostState>();
  const stateOf = (host: string): HostState => {
    let state = hosts.get(host);
    if (state === undefined) {
      state = { queue: Promise.resolve(), open: 0, waiting: 0, refusals: 0, onFree: undefined };
      hosts.set(host, state);
    }
    return state;
  };
  const forgetIfIdle = (host: string, state: HostState): void => {
    if (state.open === 0 && state.waiting === 0 && state.refusals === 0) hosts.delete(host);
  };

  const waitForGate = async ({ host, delayMs, signal }: TurnRequest): Promise<void> => {
    for (;;) {
      const { granted, waitMs } = await gate.tryAcquire({ host, delayMs });
      signal.throwIfAborted();
      if (granted) return;
      if (waitMs > maxWaitMs) {
        throw webErrors.create('host-backing-off', { host, retryAfterMs: waitMs }, { isRetryable: true });
      }
      // Jitter, or all processes that wait for one host would ask again in the same moment.
      const wait = Math.max(waitMs, SHORTEST_WAIT_MS) + random() * Math.min(waitMs * 0.1, 100);
      await untilAborted(sleep(wait, undefined, { signal }), signal);
    }
  };

  const takeTurn = async (request: TurnRequest): Promise<() => void> => {
    const { host, signal } = request;
    const state = stateOf(host);
    const { promise: passed, resolve: passOn } = Promise.withResolvers<void>();
    const previous = state.queue;
    state.queue = previous.then(() => passed);
    state.waiting += 1;
    try {
      await untilAborted(previous, signal);
      // Only the head of the queue gets here, so that there is one to tell of a free place.
      if (state.open >= maxPerHost) {
        await untilAborted(new Promise<void>((resolve) => (state.onFree = resolve)), signal);
      }
      await waitForGate(request);
      state.open += 1;
    } finally {
      state.waiting -= 1;
      passOn();
      forgetIfIdle(host, state);
    }
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      state.open -= 1;
      state.onFree?.();
      state.onFree = undefined;
      forgetIfIdle(host, state);
    };
  };

  const noteAnswer = async ({ host, status, retryAfterMs }: HostAnswer): Promise<void> => {
    const state = stateOf(host);
    if (status !== 429 && status !== 503) {
      state.refusals = 0;
      forgetIfIdle(host, state);
      return;
    }
    const grownMs = Math.min(FIRST_BACK_OFF_MS * 2 ** state.refusals, LONGEST_BACK_OFF_MS) * (1 + random() * 0.1);
    state.refusals += 1;
    await gate.backOff({ host, waitMs: Math.min(retryAfterMs ?? grownMs, LONGEST_RETRY_AFTER_MS) });
  };

  return { takeTurn, noteAnswer };
}
