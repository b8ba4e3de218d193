/** A sum over hashes: equal for the same texts in any order. */
export interface TextSum {
  /** `sha256-<hex>` */
  add(hash: string): void;
  clear(): void;
  digest(): string;
}

export function createTextSum(): TextSum {
  let sum = 0n;
  return {
    add(hash) {
      sum = (sum + BigInt(`0x${hash.replace('sha256-', '') || 0}`)) % 2n ** 256n;
    },
    clear() {
      sum = 0n;
    },
    digest: () => sum.toString(16),
  };
}
