import { runFixture } from '@sheaf/testkit';
import { describe, expect, it } from 'vitest';

const fixture = new URL('fixtures/echo.ts', import.meta.url);

describe('a fixture process', () => {
  it('runs TypeScript on the packages’ sources, with arguments and environment', async () => {
    const process = runFixture(fixture, ['one', 'two'], { env: { GREETING: 'hello' } });
    process.send('end 3');
    expect(await process.exited).toEqual({
      code: 3,
      signal: null,
      lines: ['one two hello', 'sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      errorOutput: '',
    });
  });

  it('is heard line by line, also of lines that it wrote before', async () => {
    const process = runFixture(fixture, ['one']);
    expect(await process.line(/^sha256-/)).toMatch(/015ad$/);
    expect(await process.line(/^one/)).toBe('one');
    process.send('say more');
    expect(await process.line(/^more/)).toBe('more');
    expect(await process.kill()).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('says why it ended when a line that was waited for never came', async () => {
    const process = runFixture(fixture);
    process.send('throw');
    await expect(process.line(/^never/)).rejects.toThrow(/without a line that matches .*never[\s\S]*thrown on purpose/);
    expect((await process.exited).code).toBe(1);
  });

  it('is killed when it takes too long', async () => {
    const process = runFixture(fixture, [], { timeoutMs: 300 });
    expect(await process.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
  });
});
