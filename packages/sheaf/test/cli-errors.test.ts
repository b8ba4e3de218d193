import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineErrors } from '@sheaf/core';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, cli } from './cli-harness.ts';
import { type ShopPluginOptions, shopPlugin } from './shop-plugin.ts';

const shopErrors = defineErrors('shop', {
  closed: { message: (p: { reason: string; sql?: string }) => `The shop is closed: ${p.reason}`, hint: 'Come back.' },
});
const closed = (reason: string, cause?: unknown, sql?: string): Error =>
  shopErrors.create('closed', sql === undefined ? { reason } : { reason, sql }, { cause });

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('cli-errors');
});
afterAll(() => folder.remove());

function stock(work: ShopPluginOptions['stock'], words: readonly string[] = [], options: Partial<CliOptions> = {}) {
  return cli(['shop', 'stock', ...words], {
    cwd: folder.path,
    config: { plugins: [shopPlugin({ stock: work as NonNullable<typeof work> })] },
    ...options,
  });
}

const failing =
  (error: unknown): NonNullable<ShopPluginOptions['stock']> =>
  () => {
    throw error;
  };

describe('an error', () => {
  it('is one line with its code and one with the hint, whatever its message holds', async () => {
    const { code, out, err } = await stock(failing(closed('rain\n  and\r\nsnow\u001b[31m')));
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe('error shop.closed: The shop is closed: rain   and snow [31m\nCome back.\n');
  });

  it('lists several problems on a line each, and one problem on its own', async () => {
    const run = (...argv: string[]) => cli(argv, { cwd: folder.path });
    const one = await run('docs', '--limit', '0');
    expect(one.code).toBe(2);
    expect(one.err.split('\n')).toEqual([
      expect.stringMatching(/^error engine\.invalid-input: The input of sheaf docs is not valid: --limit: /),
      expect.stringContaining('sheaf docs --help'),
      '',
    ]);
    const several = await run('docs', '--limit', '0', '--min-length', '-1');
    expect(several.err.split('\n')).toEqual([
      'error engine.invalid-input: The input of sheaf docs is not valid:',
      expect.stringMatching(/^- --min-length: /),
      expect.stringMatching(/^- --limit: /),
      expect.stringContaining('sheaf docs --help'),
      '',
    ]);
  });

  it('names an argument as it is written in the help', async () => {
    const { err } = await cli(['show', ''], { cwd: folder.path });
    expect(err).toContain('The input of sheaf show is not valid: <document>: ');
  });

  it('that nobody foresaw is one line too, asks to look closer, and has an exit code of its own', async () => {
    const { code, err } = await stock(failing(new TypeError('x is\nnot a function')));
    expect(code).toBe(70);
    expect(err).toMatch(/^error cli\.unexpected: TypeError: x is not a function\n.*--verbose.*\n$/);
    expect((await stock(failing('just a text'))).err).toMatch(/^error cli\.unexpected: just a text\n/);
  });

  it('tells statement, stack and all causes with --verbose', async () => {
    const bottom = new AggregateError([new Error('first host'), new Error('second host')], 'all hosts');
    const { err } = await stock(failing(closed('rain', new Error('a leak', { cause: bottom }), 'SELECT\n ?')), [
      '--verbose',
    ]);
    expect(err).toContain('\nstatement: SELECT  ?\n');
    expect(err).toMatch(/\n\s+at /);
    for (const cause of ['a leak', 'all hosts', 'first host', 'second host'])
      expect(err).toContain(`Error: ${cause}\n`);
  });

  it('ends where its causes go round in a circle', async () => {
    const error = new Error('round');
    error.cause = error;
    const { err } = await stock(failing(error), ['--verbose']);
    expect(err.match(/Error: round/g)).toHaveLength(2);
  });
});

describe('an error as JSON', () => {
  it('is one object on stderr', async () => {
    const { code, out, err } = await stock(failing(closed('rain\nand snow')), ['--json']);
    expect([code, out]).toEqual([1, '']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toEqual({
      error: {
        code: 'shop.closed',
        message: 'The shop is closed: rain\nand snow',
        hint: 'Come back.',
        isRetryable: false,
      },
    });
  });

  it('has the facts and the stack with --verbose', async () => {
    const { err } = await stock(failing(closed('rain', new Error('a leak'))), ['--json', '--verbose']);
    expect(JSON.parse(err).error).toMatchObject({
      details: { reason: 'rain' },
      stack: expect.arrayContaining(['caused by: Error: a leak']),
    });
  });

  it('is given where the command line itself cannot be read, and not for what follows --', async () => {
    const run = (...argv: string[]) => cli(argv, { cwd: folder.path });
    expect(JSON.parse((await run('docs', '--nope', '--json')).err).error.code).toBe('cli.usage');
    expect((await run('map', '--nope', '--', '--json')).err).toMatch(/^error cli\.usage: /);
  });
});

describe('secrets', () => {
  const SECRET = 'hunter2-and-more';
  const report = [
    `postgres://bob:${SECRET}@db.example/x`,
    `https://docs.example/a?page=2&api_key=${SECRET}&lang=en`,
    `https://docs.example/a?X-Amz-Signature=${SECRET}`,
    `https://docs.example/a;jsessiontoken=${SECRET}`,
    `authorization: Bearer ${SECRET}`,
    `{"Authorization":"Basic ${SECRET}","accept":"text/html"}`,
    `Cookie: theme=dark; session=${SECRET}`,
    `x-api-key: ${SECRET}`,
    `a Bearer ${SECRET} in the middle`,
  ];

  it.each(report)('of %s are never told', async (text) => {
    for (const words of [[], ['--verbose'], ['--json', '--verbose']]) {
      const { err } = await stock(({ log, run }) => {
        log.warn(text, { text });
        run.progress({ phase: 'stock', done: 0, message: text });
        throw closed(text, new Error(text));
      }, words);
      expect(err).toContain('shop.closed');
      expect(err).toContain('***');
      expect(err).not.toContain('hunter2');
    }
  });

  it('that a database URL holds are not told either, wherever they turn up', async () => {
    const password = 'pa ss/w#rd';
    const url = (scheme: string) => `${scheme}://bob:${encodeURIComponent(password)}@127.0.0.1:1/x`;
    const leak = failing(closed(`password ${password} refused, that is ${encodeURIComponent(password)}`));
    const sources: [string[], Partial<CliOptions>][] = [
      [['--database', url('postgres')], {}],
      [[], { env: { SHEAF_DATABASE_URL: url('postgres') } }],
      [[], { config: { database: { url: url('postgresql') } } }],
    ];
    for (const [words, options] of sources) {
      const { code, err } = await cli(['status', '--verbose', ...words], { cwd: folder.path, ...options });
      expect([code, err]).toEqual([1, expect.stringContaining('db.connection-failed')]);
      expect(err).not.toContain('w#rd');
    }
    // The tool runs on a file, and the other URL is no less secret.
    const plugins = [shopPlugin({ stock: leak })];
    for (const options of [
      { config: { plugins }, env: { SHEAF_DATABASE_URL: url('postgres') } },
      { config: { plugins, database: { url: url('postgres') } } },
    ]) {
      const argv = ['shop', 'stock', '--database', 'x.db', '--verbose'];
      const { err } = await cli(argv, { cwd: folder.path, ...options });
      expect(err).toContain('password *** refused, that is ***');
    }
  });

  it('leave the rest of a message as it is', async () => {
    const text = 'https://docs.example/react@18?page=2&lang=en#author in bearer of news, keys: none';
    const { err } = await stock(failing(closed(text)));
    expect(err).toContain(text);
  });
});

describe('the configuration', () => {
  it('that cannot be read is an error of its own', async () => {
    const file = join(folder.path, 'broken.config.mjs');
    writeFileSync(file, 'export default {');
    const { code, err } = await cli(['status', '--config', file], { cwd: folder.path });
    expect([code, err]).toEqual([2, expect.stringMatching(/^error cli\.invalid-config: .*\n.*\n$/)]);
  });

  it('with plugins that do not fit together is refused with all reasons, before a database is made', async () => {
    const { code, err } = await cli(['status', '--database', 'unmade/x.db'], {
      cwd: folder.path,
      config: { plugins: [shopPlugin(), shopPlugin()] },
    });
    expect(code).toBe(2);
    expect(err).toMatch(/^error plugin\.invalid-graph: .*reasons:\n(- .*\n){2,}.*\n$/);
  });
});

describe('an option that takes several values', () => {
  it('takes one at a time, checks each, and leaves the words that follow to the command', async () => {
    const run = (...argv: string[]) => cli(argv, { cwd: folder.path });
    const refused = await run('docs', '--status', 'failed', '--status', 'lost');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("argument 'lost' is invalid")]);
    const swallowed = await run('docs', '--status', 'failed', 'stale');
    expect([swallowed.code, swallowed.err]).toEqual([2, expect.stringContaining('too many arguments')]);
    const taken = await run('docs', '--status', 'failed', '--status', 'stale', '--database', ':memory:');
    expect(taken.code).toBe(0);
  });
});

describe('a group of commands', () => {
  it('named alone shows its help', async () => {
    const { code, out, err } = await cli(['db'], { cwd: folder.path });
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Usage: sheaf db ');
    expect(out).toContain('migrate');
  });
});
