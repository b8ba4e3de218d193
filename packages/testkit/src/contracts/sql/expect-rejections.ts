import { expect } from 'vitest';

/** All of what was asked at once fails alike. */
export async function expectRejections(asked: readonly Promise<unknown>[], reason: object): Promise<void> {
  const results = await Promise.allSettled(asked);
  expect(results).toEqual(results.map(() => ({ status: 'rejected', reason: expect.objectContaining(reason) })));
}
