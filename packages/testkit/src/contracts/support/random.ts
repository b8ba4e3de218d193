/** Numbers from 0 to below 1 that look random and are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/** The items in consecutive parts of random size. */
export function split<T>(items: readonly T[], random: () => number): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; ) {
    const size = 1 + Math.floor(random() * items.length);
    parts.push(items.slice(start, start + size));
    start += size;
  }
  return parts;
}
