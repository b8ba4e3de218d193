import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { newDatabasePath } from './helpers.ts';

it('the example in the README does what its comments say', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```js runnable\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const path = newDatabasePath();
  const program = join(dirname(path), 'example.mjs');
  const source = new URL('../src/index.ts', import.meta.url).href;
  writeFileSync(program, example.replace("'@sheaf/adapter-sqlite'", JSON.stringify(source)));
  const output = execFileSync(process.execPath, ['--no-warnings', program, path], { encoding: 'utf8' });
  expect(output.trim().split('\n')).toEqual([
    '[ [ 3 ] ]',
    '1 / 2026-11-21T00:00:00.000+00:00',
    '3 /contact 2026-11-21T00:00:00.000+00:00',
    'sqlite',
  ]);
});
