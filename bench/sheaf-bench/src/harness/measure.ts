import { readFileSync, writeFileSync } from 'node:fs';

/** What a piece of work took of this process. */
export interface Measurement {
  readonly seconds: number;
  /** CPU time of all threads, of this process alone. */
  readonly cpuSeconds: number;
  /** Resident memory before the work. */
  readonly startBytes: number;
  /** The most that was resident at any moment of it. */
  readonly peakBytes: number;
}

export async function measure(work: () => Promise<void>): Promise<Measurement> {
  resetPeak();
  const startBytes = process.memoryUsage.rss();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, cpuSeconds: (user + system) / 1e6, startBytes, peakBytes: peak() };
}

/** Bytes of the objects that are still needed. @throws without `--expose-gc`. */
export function liveBytes(): number {
  if (globalThis.gc === undefined) throw new Error('Only a process with --expose-gc can tell what it still needs.');
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

/** Where the system cannot do it, the peak is that of the whole life of the process: too high rather than too low. */
export function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux.
  }
}

/** The most that was resident since `resetPeak`, in bytes. The kernel keeps it, so that no sampling misses it. A child's `maxRSS` begins with that of its parent. */
export function peak(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
