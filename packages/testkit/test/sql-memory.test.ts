import { createTestDatabase, runFixture } from '@sheaf/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

const READ = new URL('fixtures/read-many-rows.ts', import.meta.url);
/** Less than the rows take. */
const env = { NODE_OPTIONS: '--max-old-space-size=96' };

describe.each(['sqlite', 'postgresql'] as const)('a result that is larger than the memory, on %s', (provider) => {
  const read = async (way: string): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> => {
    const database = await createTestDatabase(provider);
    onTestFinished(() => database.drop());
    return runFixture(READ, [database.url, way], { env }).exited;
  };

  it.each(['one by one', 'one by one in a transaction'])('is read %s', async (way) => {
    expect(await read(way)).toMatchObject({ code: 0, lines: ['40000 rows'] });
  });

  it('is not to be had all at once', async () => {
    const { code, lines } = await read('all at once');
    expect([code, lines]).not.toEqual([0, ['40000 rows']]);
  });
});
