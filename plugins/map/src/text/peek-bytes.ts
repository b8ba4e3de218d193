/** The beginning of a byte stream, and the whole of it. */
export interface PeekedBytes {
  readonly head: Uint8Array;
  /** From the first byte; to be read once. Leaving the loop over it ends the source. */
  readonly all: AsyncIterable<Uint8Array>;
}

/** Reads at least `size` bytes, if there are as many, without taking them away from whoever reads on. */
export async function peekBytes(source: AsyncIterable<Uint8Array>, size: number): Promise<PeekedBytes> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < size) {
    const result = await iterator.next();
    if (result.done) break;
    chunks.push(result.value);
    length += result.value.byteLength;
  }
  const head = Buffer.concat(chunks);
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.byteLength > 0) yield head;
      for (;;) {
        const result = await iterator.next();
        if (result.done) return;
        yield result.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head, all: all() };
}
