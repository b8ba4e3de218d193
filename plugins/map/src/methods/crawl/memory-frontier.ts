import type { FrontierEntry, FrontierRepository, FrontierState } from '@sheaf/db';

/**
 * A frontier for a crawl that writes nothing. It holds no more than `maxEntries`; what does not fit counts as pending,
 * since it was met and not visited.
 */
export function createMemoryFrontier(maxEntries: number): FrontierRepository {
  const states = new Map<string, { readonly entry: FrontierEntry; state: FrontierState }>();
  let dropped = 0;
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
        added += 1;
      }
      return added;
    },
    async take(_runId, limit) {
      const pending = [...states.values()].filter(({ state }) => state === 'pending');
      // Stable: entries of one depth come in the order in which they were added.
      const taken = pending.sort((a, b) => a.entry.depth - b.entry.depth).slice(0, limit);
      for (const one of taken) one.state = 'running';
      return taken.map(({ entry }) => entry);
    },
    async settle(_runId, entries) {
      for (const { uri, state } of entries) {
        const known = states.get(uri);
        if (known) known.state = state;
      }
    },
    async reopen() {
      const running = [...states.values()].filter(({ state }) => state === 'running');
      for (const one of running) one.state = 'pending';
      return running.length;
    },
    async counts() {
      const counts = { pending: dropped, running: 0, completed: 0, failed: 0, skipped: 0 };
      for (const { state } of states.values()) counts[state] += 1;
      return counts;
    },
    async clear() {
      states.clear();
      dropped = 0;
    },
  };
}
