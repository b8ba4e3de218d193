import { readdirSync, readFileSync } from 'node:fs';
import type { SqlDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { clients, type Prisma, type SheafClient } from '@sheaf/client';
import { describe, expect, expectTypeOf, test } from 'vitest';

const models = new URL('../../../prisma/models/', import.meta.url);

/** The models of the composed schema, as a client names them. */
const delegates = readdirSync(models).flatMap((file) =>
  [...readFileSync(new URL(file, models), 'utf8').matchAll(/^model (\w)(\w+) \{$/gm)].map(
    ([, first = '', rest = '']) => first.toLowerCase() + rest,
  ),
);

const adapterOf = (provider: SqlDriverAdapterFactory['provider']): SqlDriverAdapterFactory => ({
  provider,
  adapterName: 'none',
  connect: () => Promise.reject(new Error('No test here opens a database.')),
});

describe.each([
  ['sqlite', () => clients.sqlite(adapterOf('sqlite'))],
  ['postgresql', () => clients.postgresql(adapterOf('postgres'))],
] as const)('the %s client', (provider, make) => {
  test('has every model of the composed schema', () => {
    expect(delegates).toContain('mapResult');
    const client = make() as unknown as Record<string, { readonly findMany?: unknown } | undefined>;
    for (const name of delegates) expect(client[name]?.findMany, name).toBeTypeOf('function');
  });

  test('takes the adapter of its database only', () => {
    const other = provider === 'sqlite' ? adapterOf('postgres') : adapterOf('sqlite');
    expect(() => clients[provider](other)).toThrow(/not compatible with the provider/);
  });
});

test('making a client sets no global variable', () => {
  clients.sqlite(adapterOf('sqlite'));
  clients.postgresql(adapterOf('postgres'));
  expect('__dirname' in globalThis).toBe(false);
});

test('the types are those of the SQLite client, which offers the less of the two', () => {
  expectTypeOf<Prisma.DocumentModel['mergedIntoId']>().toEqualTypeOf<string | null>();
  expectTypeOf<Prisma.MapResultModel['isNew']>().toEqualTypeOf<boolean>();
  const query = (client: SheafClient): unknown =>
    // @ts-expect-error PostgreSQL alone can skip duplicates.
    client.worker.createMany({ data: [], skipDuplicates: true });
  expect(query).toBeTypeOf('function');
});
