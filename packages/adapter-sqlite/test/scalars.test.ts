import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { importTestClient, OURS, openTestClient, PUBLISHED } from './client/open-test-client.ts';
import type { TestClientModule } from './client/test-client.ts';

let Prisma: TestClientModule['Prisma'];
beforeAll(async () => {
  ({ Prisma } = await importTestClient());
});

interface Case {
  readonly field: string;
  readonly name: string;
  readonly value: () => unknown;
  /** What it is read as, if not what was written. */
  readonly read?: () => unknown;
  /** SQLite's storage class in the file. */
  readonly stored: 'null' | 'integer' | 'real' | 'text' | 'blob';
}

/** A row that differs from each case. */
const OTHER = {
  text: 'other',
  int: 77,
  big: 77n,
  float: 77.5,
  decimal: '77.5',
  at: new Date(77),
  bytes: Uint8Array.of(77),
  json: 'other',
  colour: 'RED',
};

const same = (field: string, stored: Case['stored'], values: readonly [name: string, value: () => unknown][]): Case[] =>
  values.map(([name, value]) => ({ field, stored, name, value }));
const decimal = (text: string) => () => new Prisma.Decimal(text);
const date = (text: string) => () => new Date(text);

const CASES: readonly Case[] = [
  ...['text', 'int', 'big', 'float', 'decimal', 'bool', 'at', 'bytes', 'colour'].map(
    (field): Case => ({ field, name: 'null', value: () => null, stored: 'null' }),
  ),
  ...same('text', 'text', [
    ['empty', () => ''],
    ['that looks like a number', () => '0042'],
    ['of several scripts', () => 'naïve Ελλάδα 漢字 🌾 e\u0301'],
    ['with NUL and line breaks', () => 'a\0b\r\n\t'],
    ['of quotes and parameters', () => `'"\`?1 :a $b -- /*`],
    ['of a hundred thousand characters', () => '漢'.repeat(100_000)],
  ]),
  {
    field: 'text',
    name: 'with half a surrogate pair',
    value: () => 'x\ud800y',
    read: () => 'x\ufffdy',
    stored: 'text',
  },
  ...same('int', 'integer', [
    ['zero', () => 0],
    ['the smallest of 32 bits', () => -(2 ** 31)],
    ['the largest of 32 bits', () => 2 ** 31 - 1],
  ]),
  ...same('big', 'integer', [
    ['zero', () => 0n],
    ['beyond 2^53', () => 2n ** 53n + 1n],
    ['below -2^53', () => -(2n ** 53n) - 1n],
    ['the largest of 64 bits', () => 2n ** 63n - 1n],
    ['the smallest of 64 bits', () => -(2n ** 63n)],
  ]),
  ...same('float', 'real', [
    ['zero', () => 0],
    ['a whole number', () => 3],
    ['a fraction that has no exact double', () => 0.1 + 0.2],
    ['the largest whole number that is exact', () => Number.MAX_SAFE_INTEGER],
    ['large', () => 1e300],
    ['the smallest', () => Number.MIN_VALUE],
    ['infinity', () => Number.POSITIVE_INFINITY],
    ['negative infinity', () => Number.NEGATIVE_INFINITY],
  ]),
  { field: 'float', name: 'negative zero', value: () => -0, read: () => 0, stored: 'real' },
  ...same('decimal', 'real', [
    ['a price', decimal('19.99')],
    ['small and negative', decimal('-0.000000001')],
    ['of 15 digits', decimal('123456789.012345')],
    ['negative infinity', decimal('-Infinity')],
  ]),
  ...same('decimal', 'integer', [
    ['zero', decimal('0')],
    ['a whole number of 15 digits', decimal('999999999999999')],
  ]),
  {
    field: 'decimal',
    name: 'of more digits than a double has',
    value: decimal('0.1234567890123456789'),
    read: () => new Prisma.Decimal(Number('0.1234567890123456789')),
    stored: 'real',
  },
  ...same('bool', 'integer', [
    ['true', () => true],
    ['false', () => false],
  ]),
  ...same('at', 'text', [
    ['now and then', date('2026-11-21T03:04:05.006Z')],
    ['the epoch', date('1970-01-01T00:00:00.000Z')],
    ['before the epoch', date('1969-12-31T23:59:59.999Z')],
    ['the first year', date('0001-01-01T00:00:00.000Z')],
    ['the last that there is', () => new Date(8.64e15)],
    ['the first that there is', () => new Date(-8.64e15)],
  ]),
  {
    field: 'at',
    name: 'with an offset',
    value: () => '2026-11-21T03:04:05.006+02:00',
    read: date('2026-11-21T01:04:05.006Z'),
    stored: 'text',
  },
  ...same('bytes', 'blob', [
    ['none', () => new Uint8Array()],
    ['of every value', () => Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['ten thousand', () => new Uint8Array(10_000).fill(7)],
  ]),
  ...same('json', 'text', [
    ['an object', () => ({ a: [1, null, { b: '漢 "quoted"' }], '': 1.5, big: 1e21 })],
    ['an empty object', () => ({})],
    ['an empty array', () => []],
    ['a text', () => 'text'],
    ['a text of digits', () => '42'],
    ['an empty text', () => ''],
    ['a boolean', () => false],
  ]),
  // A JSONB column has the affinity NUMERIC, so that a number by itself is stored as one.
  ...same('json', 'integer', [['a whole number', () => 42]]),
  ...same('json', 'real', [['a fraction', () => 1.5]]),
  { field: 'json', name: 'null', value: () => Prisma.JsonNull, read: () => null, stored: 'text' },
  { field: 'json', name: 'absent', value: () => Prisma.DbNull, read: () => null, stored: 'null' },
  ...same('colour', 'text', [['a member', () => 'BLUE']]),
];

describe.each([OURS, PUBLISHED])("with $name, Prisma's client", (adapter) => {
  it.each(CASES)('$field: $name: comes back as it was written, and is found by it', async (one) => {
    const { field, stored, value, read = value } = one;
    const { prisma, other } = await openTestClient(adapter);
    const created = await prisma.sample.create({ data: { [field]: value() } });
    expect(created[field]).toEqual(read());
    expect((await prisma.sample.findUniqueOrThrow({ where: { id: 1 } }))[field]).toEqual(read());
    expect(other.prepare(`SELECT typeof("${field}") FROM "Sample"`).pluck().get()).toBe(stored);
    await prisma.sample.create({ data: { ...OTHER, bool: value() !== true } });
    const where = { [field]: field === 'json' ? { equals: value() } : value() };
    expect((await prisma.sample.findMany({ where })).map(({ id }) => id)).toEqual([1]);
  });

  it('compares and sorts numbers and dates by value', async () => {
    const { prisma } = await openTestClient(adapter);
    const rows = [
      { big: -(2n ** 60n), float: -1e300, at: date('0001-01-01')(), decimal: '-10.5' },
      { big: 9n, float: 1.5, at: date('1969-12-31T23:59:59.999Z')(), decimal: '9' },
      { big: 10n, float: 1.6, at: date('1970-01-01T00:00:00.000Z')(), decimal: '10' },
      { big: 2n ** 53n, float: 10, at: date('2026-11-21T00:00:00.000Z')(), decimal: '10.01' },
      { big: 2n ** 53n + 1n, float: 1e300, at: date('9999-12-31')(), decimal: '100' },
    ];
    await prisma.sample.createMany({ data: rows.toReversed() });
    for (const field of ['big', 'float', 'at', 'decimal'] as const) {
      const sorted = await prisma.sample.findMany({ orderBy: { [field]: 'asc' } });
      expect(sorted.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
      for (const [index, row] of rows.entries()) {
        expect(await prisma.sample.count({ where: { [field]: { lt: row[field] } } })).toBe(index);
        expect(await prisma.sample.count({ where: { [field]: { gte: row[field] } } })).toBe(5 - index);
      }
    }
  });

  it('sums and averages', async () => {
    const { prisma } = await openTestClient(adapter);
    await prisma.sample.createMany({
      data: [{ int: 1, big: 2n ** 60n, float: 0.5 }, { int: 4, big: 1n, float: 0.25 }, {}],
    });
    expect(
      await prisma.sample.aggregate({ _sum: { int: true, big: true, float: true }, _avg: { int: true }, _count: true }),
    ).toEqual({ _sum: { int: 5, big: 2n ** 60n + 1n, float: 0.75 }, _avg: { int: 2.5 }, _count: 3 });
  });

  it('does not sort dates before the year 0 and after 9999, which are text', async () => {
    const { prisma } = await openTestClient(adapter);
    const texts = ['2026-11-21T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'];
    await prisma.sample.createMany({ data: texts.map((at) => ({ at: new Date(at) })) });
    // "+" comes before "-", and both before a digit.
    expect((await prisma.sample.findMany({ orderBy: { at: 'asc' } })).map(({ id }) => id)).toEqual([2, 3, 1]);
  });

  it('lets an increment beyond 64 bits go on as a fraction, as SQLite does', async () => {
    const { prisma, other } = await openTestClient(adapter);
    await prisma.sample.create({ data: { big: 2n ** 63n - 1n } });
    await prisma.sample.update({ where: { id: 1 }, data: { big: { increment: 1n } } });
    expect(other.prepare('SELECT typeof("big") FROM "Sample"').pluck().get()).toBe('real');
  });

  it('takes a date that SQLite wrote for UTC, and a number for milliseconds', async () => {
    const { prisma, other } = await openTestClient(adapter);
    const zone = process.env.TZ;
    process.env.TZ = 'America/New_York';
    onTestFinished(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    other.exec(`INSERT INTO "Sample" ("at") VALUES (datetime('2026-07-01 12:00')), ('2026-07-01'), (1782907200000)`);
    expect((await prisma.sample.findMany({ orderBy: { id: 'asc' } })).map(({ at }) => at)).toEqual([
      new Date('2026-07-01T12:00:00.000Z'),
      new Date('2026-07-01T00:00:00.000Z'),
      new Date('2026-07-01T12:00:00.000Z'),
    ]);
  });

  it(`reads raw expressions ${adapter.isOurs ? 'as SQL means them' : 'as if every number were a fraction'}`, async () => {
    const { prisma } = await openTestClient(adapter);
    expect(await prisma.$queryRawUnsafe('SELECT ? / ? AS quotient, typeof(?) AS type', 7, 2, 1)).toEqual([
      adapter.isOurs ? { quotient: 3n, type: 'integer' } : { quotient: 3.5, type: 'real' },
    ]);
  });
});
