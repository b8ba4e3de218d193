import type { FrontierEntry, FrontierRepository, FrontierState } from '@sheaf/db';

/**
 * A frontier for a crawl that writes nothing. It holds no more than `maxEntries`; what does not fit counts as pending,
 * since it was met and not visited.
 */
export function createMemoryFrontier(maxEntries: number): FrontierRepository {
  const states = new Map<string, { readonly entry: FrontierEntry; state: FrontierState }>();
  /** By depth, in the order of discovery; what is no longer pending is passed over. */
  const queues: FrontierEntry[][] = [];
  let dropped = 0;

  const enqueue = (entry: FrontierEntry): void => {
    while (queues.length <= entry.depth) queues.push([]);
    queues[entry.depth]?.push(entry);
  };
  const next = (): FrontierEntry | undefined => {
    for (const queue of queues) {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        if (states.get(entry.uri)?.state === 'pending') return entry;
      }
    }
    return undefined;
  };
  const setState = (uri: string, state: FrontierState): void => {
    const known = states.get(uri);
    if (!known) return;
    known.state = state;
    if (state === 'pending') enqueue(known.entry);
  };
  return {
    async add(_runId, entries) {
      let added = 0;
      for (const entry of entries) {
        if (states.has(entry.uri)) continue;
        if (states.size >= maxEntries) {
          dropped += 1;
          continue;
        }
        states.set(entry.uri, { entry, state: 'pending' });
        enqueue(entry);
        added += 1;
      }
      return added;
    },
    async take(_runId, limit) {
      const taken: FrontierEntry[] = [];
      while (taken.length < limit) {
        const entry = next();
        if (entry === undefined) break;
        setState(entry.uri, 'running');
        taken.push(entry);
      }
      return taken;
    },
    async settle(_runId, entries) {
      for (const { uri, state } of entries) setState(uri, state);
    },
    async reopen() {
      const running = [...states].filter(([, { state }]) => state === 'running');
      for (const [uri] of running) setState(uri, 'pending');
      return running.length;
    },
    async counts() {
      const counts = { pending: dropped, running: 0, completed: 0, failed: 0, skipped: 0 };
      for (const { state } of states.values()) counts[state] += 1;
      return counts;
    },
    async clear() {
      states.clear();
      queues.length = 0;
      dropped = 0;
    },
  };
}
