/** The promise's outcome, or a rejection with the signal's reason once it aborts. The promise itself goes on. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([aborted, promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

/** A signal that follows several others until it is released, and then keeps nothing of them alive. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  release(): void;
}

export interface LinkSignalsOptions {
  readonly sources: readonly (AbortSignal | undefined)[];
  /** Makes the reason of the linked signal from that of the source which aborted. */
  readonly toReason: (cause: unknown) => unknown;
}

/**
 * Like `AbortSignal.any`, but releasable: with a signal that outlives thousands of requests, each of them would leave
 * something behind.
 */
export function linkSignals({ sources, toReason }: LinkSignalsOptions): LinkedSignal {
  const controller = new AbortController();
  const unlinks: (() => void)[] = [];
  for (const source of sources) {
    if (source === undefined) continue;
    const abort = (): void => controller.abort(toReason(source.reason));
    if (source.aborted) abort();
    source.addEventListener('abort', abort, { once: true });
    unlinks.push(() => source.removeEventListener('abort', abort));
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const unlink of unlinks) unlink();
    },
  };
}
