import type { Display, Progress } from '@sheaf/core';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliOptions, cli } from './cli-harness.ts';
import { type ShopPluginOptions, shopPlugin } from './shop-plugin.ts';

const ID = '01985f3c-7a10-7c3e-9d41-5b0c6a1f2e88';
const ESCAPE = '\u001b';

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('cli-terminal');
});
afterAll(() => folder.remove());

type Terminal = Pick<CliOptions, 'columns' | 'env'>;

function shop(words: readonly string[], options: ShopPluginOptions, terminal: Terminal) {
  return cli(['shop', ...words], {
    cwd: folder.path,
    config: { plugins: [shopPlugin(options)] },
    ...terminal,
  });
}

async function list(display: Display, terminal: Terminal): Promise<string[]> {
  const { out } = await shop(['list'], { display }, terminal);
  return out.trimEnd().split('\n');
}

const plain = { NO_COLOR: '1' };

describe('a table', () => {
  const table: Display = {
    kind: 'table',
    columns: [
      { title: 'id' },
      { title: 'n', align: 'right' },
      { title: 'title', shrink: 1 },
      { title: 'note', shrink: 2 },
    ],
    rows: [
      [ID, 7, 'Twelve kinds of tea', 'A note of thirty characters, ha'],
      [ID, 12, 'Cocoa', 'Short'],
    ],
  };

  it('is not cut where no terminal shows it, whatever COLUMNS says', async () => {
    expect(await list(table, { env: { ...plain, COLUMNS: '40' } })).toEqual([
      `id${' '.repeat(34)}   n  title                note`,
      `${ID}   7  Twelve kinds of tea  A note of thirty characters, ha`,
      `${ID}  12  Cocoa                Short`,
    ]);
  });

  it('is cut to the terminal, the least important column first and the id never', async () => {
    // 36 + 2 + 2 + 2 + 19 + 2 leave 17 of 80 columns for the note.
    expect(await list(table, { env: plain, columns: 80 })).toEqual([
      `id${' '.repeat(34)}   n  title                note`,
      `${ID}   7  Twelve kinds of tea  A note of thirty…`,
      `${ID}  12  Cocoa                Short`,
    ]);
    // The note keeps its least width of 8; 4 columns are missing for the title.
    expect(await list(table, { env: plain, columns: 67 })).toEqual([
      `id${' '.repeat(34)}   n  title            note`,
      `${ID}   7  Twelve kinds o…  A note…`,
      `${ID}  12  Cocoa            Short`,
    ]);
  });

  it('goes by COLUMNS before the terminal’s own word, and by 80 where neither says anything', async () => {
    const fitted = await list(table, { env: plain, columns: 67 });
    expect(await list(table, { env: { ...plain, COLUMNS: '67' }, columns: 200 })).toEqual(fitted);
    const usual = await list(table, { env: plain, columns: 80 });
    expect(await list(table, { env: { ...plain, COLUMNS: 'wide' }, columns: 0 })).toEqual(usual);
  });

  it('leaves columns out where cutting is not enough, and says which', async () => {
    expect(await list(table, { env: plain, columns: 52 })).toEqual([
      `id${' '.repeat(34)}   n  title`,
      `${ID}   7  Twelve ki…`,
      `${ID}  12  Cocoa`,
      'Not shown, for lack of room: note',
    ]);
    expect(await list(table, { env: plain, columns: 20 })).toEqual([
      `id${' '.repeat(34)}   n`,
      `${ID}   7`,
      `${ID}  12`,
      'Not shown, for lack of room: title, note',
    ]);
  });

  it('measures what a terminal shows: wide characters twice, combined ones once, emoji whole', async () => {
    const display: Display = {
      kind: 'table',
      columns: [{ title: 'name', shrink: 1 }, { title: 'end' }],
      rows: [
        ['漢字かな', '|'],
        ['Cafe\u0301', '|'],
        ['👩‍👩‍👧 tea', '|'],
        ['한국어 🇫🇷', '|'],
        ['abcdefghij', '|'],
      ],
    };
    expect(await list(display, { env: plain })).toEqual([
      'name        end',
      '漢字かな    |',
      'Cafe\u0301        |',
      '👩‍👩‍👧 tea      |',
      '한국어 🇫🇷   |',
      'abcdefghij  |',
    ]);
  });

  it('cuts between characters, never within one', async () => {
    const display: Display = {
      kind: 'table',
      columns: [{ title: 'name', shrink: 1 }, { title: 'end' }],
      rows: [
        ['漢字漢字漢字', '|'],
        ['cafe\u0301cafe\u0301cafe\u0301', '|'],
        ['👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', '|'],
      ],
    };
    // Eight columns for the name; a wide character that would need the seventh and eighth gives way to "…".
    expect(await list(display, { env: plain, columns: 13 })).toEqual([
      'name      end',
      '漢字漢…   |',
      'cafe\u0301caf…  |',
      '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧…   |',
    ]);
  });

  it('lets nothing that stands in a page move the cursor, colour the screen or turn the text around', async () => {
    const nasty = `a${ESCAPE}[31mred${ESCAPE}]0;title\u0007\rb\nc\u202ed\u2028e\u0085f`;
    const cells = await list({ kind: 'table', columns: [{ title: 'name' }], rows: [[nasty]] }, { env: plain });
    expect(cells).toEqual(['name', 'a [31mred ]0;title b c d e f']);
    const record = await list({ kind: 'record', title: nasty, fields: [['x', nasty]] }, { env: plain });
    expect(record).toEqual([cells[1], `x  ${cells[1]}`]);
  });
});

describe('a text', () => {
  const text = `one\ttab\ntwo${ESCAPE}[2J\u0007`;

  it('keeps its lines and loses its control characters on a terminal', async () => {
    const { out } = await shop(['list'], { display: { kind: 'text', text } }, { columns: 80 });
    expect(out).toBe('one\ttab\ntwo[2J\n');
  });

  it('is given byte for byte to a program', async () => {
    const { out } = await shop(['list'], { display: { kind: 'text', text } }, {});
    expect(out).toBe(`${text}\n`);
  });
});

describe('colours', () => {
  const display: Display = { kind: 'text', title: 'Shelves', text: 'tea', notes: ['one shelf'], next: ['sheaf docs'] };
  const hasColors = async (terminal: Terminal, ...words: string[]) => {
    const { out } = await shop(['list', ...words], { display }, terminal);
    return out.includes(ESCAPE);
  };

  it.each([
    ['a terminal', { columns: 80 }, true],
    ['no terminal', {}, false],
    ['a terminal with NO_COLOR', { columns: 80, env: { NO_COLOR: '1' } }, false],
    ['a terminal with an empty NO_COLOR', { columns: 80, env: { NO_COLOR: '' } }, true],
    ['a dumb terminal', { columns: 80, env: { TERM: 'dumb' } }, false],
    ['no terminal with FORCE_COLOR', { env: { FORCE_COLOR: '1' } }, true],
    ['a terminal with FORCE_COLOR=0', { columns: 80, env: { FORCE_COLOR: '0' } }, false],
    ['no terminal with FORCE_COLOR and NO_COLOR', { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, false],
    ['no terminal in CI', { env: { CI: 'true' } }, false],
  ] as const)('%s', async (_, terminal, expected) => {
    expect(await hasColors(terminal)).toBe(expected);
  });

  it('are refused by --no-color, for errors too', async () => {
    expect(await hasColors({ columns: 80, env: { FORCE_COLOR: '1' } }, '--no-color')).toBe(false);
    const options = { cwd: folder.path, columns: 80 };
    expect((await cli(['nonsense'], options)).err).toContain(ESCAPE);
    expect((await cli(['nonsense', '--no-color'], options)).err).not.toContain(ESCAPE);
  });
});

describe('progress', () => {
  const steps: readonly Progress[] = [
    { phase: 'count', done: 0, total: 4 },
    { phase: 'count', done: 2, total: 4, message: `shelf ${'漢'.repeat(40)}` },
    { phase: 'stack', done: 1 },
  ];
  const stock = ({ run }: { readonly run: { progress(progress: Progress): void } }): void => {
    for (const step of steps) run.progress(step);
  };
  const progress = async (terminal: Terminal, ...words: string[]) => {
    const { err, out } = await shop(['stock', ...words], { stock }, terminal);
    expect(out).toBe('Stocked.\n');
    return err;
  };

  it('is plain lines where nobody watches, on a dumb terminal and in CI', async () => {
    const lines = `count 0/4\ncount 2/4 shelf ${'漢'.repeat(40)}\nstack 1\n`;
    expect(await progress({})).toBe(lines);
    expect(await progress({ columns: 80, env: { TERM: 'dumb' } })).toBe(lines);
    expect(await progress({ columns: 80, env: { CI: 'true', NO_COLOR: '1' } })).toBe(lines);
  });

  it('is a bar on one line of a terminal, which is empty afterwards', async () => {
    const clear = `\r${ESCAPE}[2K`;
    const err = await progress({ columns: 60, env: plain });
    const [before, ...bars] = err.split(clear);
    expect([before, bars.at(-1)]).toEqual(['', '']);
    expect(bars.slice(0, -1)).toEqual([
      `count ${'─'.repeat(24)} 0/4`,
      // 59 columns: 5 + 1 + 24 + 1 + 3 + 1, then "shelf ", eight wide characters and "…".
      `count ${'━'.repeat(12)}${'─'.repeat(12)} 2/4 shelf ${'漢'.repeat(8)}…`,
      'stack 1',
    ]);
  });

  it('stays on one line of a terminal that is too narrow for the bar', async () => {
    const err = await progress({ columns: 12, env: plain });
    expect(err.split(`\r${ESCAPE}[2K`).slice(1, 3)).toEqual(['count 0/4', 'count 2/4 …']);
  });

  it('is not shown with --quiet', async () => {
    expect(await progress({ columns: 80 }, '--quiet')).toBe('');
  });
});
