import { expect, test } from 'vitest';
import { createBatchLoader } from '../src/run/batch-loader.ts';

test('joins what is asked for in one moment, and asks anew for what comes later', async () => {
  const asked: (readonly string[])[] = [];
  const load = createBatchLoader(async (keys) => {
    asked.push(keys);
    return new Map(keys.map((key) => [key, key.toUpperCase()]));
  });
  expect(await Promise.all([load('a'), load('b')])).toEqual(['A', 'B']);
  expect(await load('c')).toBe('C');
  expect(asked).toEqual([['a', 'b'], ['c']]);
});

test('gives nothing for what has no value, and the failure to all who asked', async () => {
  expect(await createBatchLoader(async () => new Map())('a')).toBeUndefined();
  const failing = createBatchLoader(() => Promise.reject(new Error('broken')));
  await expect(Promise.allSettled([failing('a'), failing('b')])).resolves.toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
});
