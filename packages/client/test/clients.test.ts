import { execFileSync } from 'node:child_process';
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

test('making a client sets no global `__dirname`', () => {
  // In a process of its own: other tests may have set some.
  const program = `
    const before = new Set(Object.getOwnPropertyNames(globalThis));
    const { clients } = await import('@sheaf/client');
    const connect = () => Promise.reject(new Error());
    clients.sqlite({ provider: 'sqlite', adapterName: 'none', connect });
    clients.postgresql({ provider: 'postgres', adapterName: 'none', connect });
    console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))));
  `;
  const args = ['--conditions=@sheaf/source', '--input-type=module', '--eval', program];
  const names: unknown = JSON.parse(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  );
  expect(names).not.toContain('__dirname');
});

test('the types are those of the SQLite client, which offers the less of the two', () => {
  expectTypeOf<Prisma.DocumentModel['mergedIntoId']>().toEqualTypeOf<string | null>();
  expectTypeOf<Prisma.MapResultModel['isNew']>().toEqualTypeOf<boolean>();
  const query = (client: SheafClient): unknown =>
    // @ts-expect-error PostgreSQL alone can skip duplicates.
    client.worker.createMany({ data: [], skipDuplicates: true });
  expect(query).toBeTypeOf('function');
});
