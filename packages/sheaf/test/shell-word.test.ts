import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellWord } from '../src/shell-word.ts';

it.each([
  'https://docs.example.com/guide',
  "https://docs.example/it's?a=1&b=$(date)#`x`",
  '*/guide/*',
  'two words',
  '~/x',
  '',
  'a\nb',
])('a shell reads %j as one word', (word) => {
  expect(execFileSync('bash', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' })).toBe(word);
});

it('a plain word stays as it is', () => {
  for (const word of ['https://docs.example.com/a-b_c', '--limit=10', 'user@host:/x,y'])
    expect(shellWord(word)).toBe(word);
});
