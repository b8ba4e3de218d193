import type { OpenedRun, OpenRunOptions, Progress, RunHandle } from '@sheaf/core';
import { digestOf } from '@sheaf/core';
import type { NewRunEvent, RunRepository } from '@sheaf/db';
import { engineErrors } from './errors.ts';

export interface RunHandleOptions {
  /** `plugin.tool`. */
  readonly tool: string;
  readonly effect: 'read' | 'write';
  readonly input: unknown;
  readonly actor?: string | undefined;
  readonly workerId: string;
  readonly leaseMs: number;
  readonly runs: RunRepository;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onError: (error: unknown) => void;
}

/** The handle that a tool gets, and what the invoker does with the run behind it. */
export interface OwnedRun {
  readonly handle: RunHandle;
  readonly opened: () => OpenedRun | undefined;
  /** Writes what is left of the events and stops renewing. */
  close(): Promise<void>;
}

/** Milliseconds between writes of a run's progress lines. */
const EVENT_INTERVAL_MS = 500;

export function createRunHandle(options: RunHandleOptions): OwnedRun {
  const { runs, tool, workerId, leaseMs } = options;
  let opening: Promise<OpenedRun> | undefined;
  let opened: OpenedRun | undefined;
  let events: NewRunEvent[] = [];
  let progress: NewRunEvent | undefined;
  let writing: Promise<void> = Promise.resolve();
  const timers: ReturnType<typeof setInterval>[] = [];

  const write = (): Promise<void> => {
    writing = writing.then(async () => {
      if (!opened) return;
      // Only the last of the progress lines since the last write is kept; every other line is.
      const batch = progress ? [...events, progress] : events;
      events = [];
      progress = undefined;
      if (batch.length > 0) await runs.addEvents(opened.id, batch).catch(options.onError);
    });
    return writing;
  };
  const open = async ({ resume = true, key }: OpenRunOptions = {}): Promise<OpenedRun> => {
    if (options.effect === 'read') throw engineErrors.create('read-only', { tool });
    opened = await runs.open({
      tool,
      input: options.input,
      inputDigest: digestOf(key ?? options.input),
      workerId,
      leaseMs,
      resume,
      ...(options.actor === undefined ? {} : { actor: options.actor }),
    });
    const { id } = opened;
    timers.push(
      setInterval(() => runs.renew(id, workerId, leaseMs).catch(options.onError), leaseMs / 3),
      setInterval(write, EVENT_INTERVAL_MS),
    );
    return opened;
  };
  return {
    handle: {
      open: (openOptions) => {
        opening ??= open(openOptions);
        return opening;
      },
      progress(update) {
        progress = { level: 'progress', ...update };
        options.onProgress?.(update);
      },
      event(level, message, data) {
        events.push({ level, message, ...(data === undefined ? {} : { data }) });
      },
    },
    opened: () => opened,
    async close() {
      for (const timer of timers) clearInterval(timer);
      await write();
    },
  };
}
