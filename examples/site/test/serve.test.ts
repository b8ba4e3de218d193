import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const program = fileURLToPath(new URL('../src/serve.ts', import.meta.url));

test('serve runs the site in the foreground and switches scenarios by name', async () => {
  const child = spawn(process.execPath, [program, '--port', '0', '--scenario', 'healed', '--slow-ms', '0']);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const lineWith = async (text: string): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`The program ended before it printed "${text}".`);
      if (value.includes(text)) return value;
    }
  };
  try {
    const first = await lineWith('is served at');
    expect(first).toMatch(/^http:\/\/site\.sheaf\.test is served at http:\/\/127\.0\.0\.1:\d+, scenario healed\.$/);
    await lineWith('second    ');
    child.stdin.write('second\n');
    expect(await lineWith('Scenario')).toBe('Scenario second.');
    child.stdin.write('third\n');
    expect(await lineWith('third')).toContain('Unknown scenario "third"');
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  } finally {
    child.kill('SIGKILL');
  }
});
