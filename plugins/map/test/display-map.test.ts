import { describe, expect, test } from 'vitest';
import { displayMap } from '../src/display-map.ts';
import { type MapOutput, mapOutput } from '../src/map-output.ts';

const output: MapOutput = {
  runId: '0199-run',
  source: 'https://example.com/',
  method: 'sitemap',
  discovered: 3,
  new: 1,
  known: 2,
  gone: 0,
  filtered: 0,
  skipped: {},
  errors: [],
  errorCount: 0,
  sample: [],
  isComplete: true,
};

describe('displayMap', () => {
  test('shows what was found and what to do next', () => {
    expect(mapOutput.parse(output)).toEqual(output);
    expect(displayMap(output)).toEqual({
      kind: 'record',
      title: 'Mapped 3 documents',
      fields: [
        ['source', 'https://example.com/'],
        ['method', 'sitemap'],
        ['documents', 3],
        ['new', 1],
        ['known', 2],
      ],
      next: ['sheaf fetch', 'sheaf docs'],
    });
  });

  test('shows what was left out, and the first errors', () => {
    const errors = Array.from({ length: 7 }, (_, n) => ({ url: `u${n}`, code: 'map.http-error', message: `m${n}` }));
    const display = displayMap({
      ...output,
      gone: 4,
      filtered: 5,
      skipped: { 'other-host': 6, 'not-found': 1 },
      errors,
      errorCount: 7,
      isComplete: false,
    });
    expect(display).toMatchObject({
      fields: expect.arrayContaining([
        ['gone', 4],
        ['filtered out', 5],
        ['left out', '6 other-host, 1 not-found'],
        ['errors', 7],
      ]),
    });
    expect(display.notes).toEqual([
      ...[0, 1, 2, 3, 4].map((n) => `map.http-error: m${n}`),
      '… and 2 more errors',
      'Not complete: a bound was met, or something could not be read.',
    ]);
  });

  test('says that a dry run has written nothing, and shows a sample', () => {
    const display = displayMap({ ...output, runId: null, discovered: 1, sample: ['https://example.com/a'] });
    expect(display).toMatchObject({
      title: 'Would map 1 document; nothing was written',
      notes: ['https://example.com/a'],
      next: ['sheaf map https://example.com/'],
    });
  });
});
