import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type FixtureProcess, runFixture } from '@sheaf/testkit';
import { expect, it } from 'vitest';

const start = (end: string): FixtureProcess => runFixture(new URL('fixtures/leave-files.ts', import.meta.url), [end]);
const leftBy = async (process: FixtureProcess): Promise<string> => (await process.line(/^left /)).slice('left '.length);

it('what a run leaves of temporary files goes with it', async () => {
  const removing = start('remove');
  const left = await leftBy(removing);
  expect((await removing.exited).lines.at(-1)).toBe('as before');
  expect(existsSync(dirname(left))).toBe(false);
  const exiting = start('exit');
  await exiting.exited;
  expect(existsSync(dirname(await leftBy(exiting)))).toBe(false);
});

it('what a killed run leaves goes when the next one begins, and what is in use stays', async () => {
  const [killed, working] = [start('stay'), start('stay')];
  const [left, used] = [await leftBy(killed), await leftBy(working)];
  await killed.kill();
  expect(existsSync(left)).toBe(true);
  await start('remove').exited;
  expect([existsSync(dirname(left)), existsSync(used)]).toEqual([false, true]);
  await working.kill();
});
