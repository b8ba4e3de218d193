import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import type { MappedError } from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import type Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { importTestClient, OURS, openTestClient, PUBLISHED, type TestedAdapter } from './client/open-test-client.ts';
import type { TestClient } from './client/test-client.ts';
import { failureOf, newDatabase } from './helpers.ts';

interface Place {
  readonly prisma: TestClient;
  readonly path: string;
  /** Another program on the same file. */
  readonly other: Database.Database;
}

/** What the client's caller sees: the code of Prisma's error, and the adapter's error inside. */
interface Failure {
  readonly code: string;
  readonly cause: object;
}

interface Case {
  readonly name: string;
  readonly provoke: (place: Place) => Promise<unknown>;
  readonly code: string;
  /** Besides the kind. */
  readonly cause?: object;
  /** What the published adapter makes of it, and why ours does not, if it is not the same. */
  readonly published?: { readonly why: string; readonly becomes: object };
}

type Kind = MappedError['kind'];

/** All that Prisma's client can be told, and how SQLite comes to it or why it cannot. */
const KINDS: Readonly<Record<Kind, readonly Case[] | string>> = {
  UniqueConstraintViolation: [
    {
      name: 'a taken unique value',
      provoke: ({ prisma }) => prisma.author.create({ data: { email: 'ann@x', name: 'Bob' } }),
      code: 'P2002',
      cause: { constraint: { fields: ['email'] }, table: 'Author' },
    },
    {
      name: 'a taken composite key',
      provoke: ({ prisma }) => prisma.post.create({ data: { a: 'p', b: 'q', authorId: 1 } }),
      code: 'P2002',
      cause: { constraint: { fields: ['a', 'b'] }, table: 'Post' },
    },
    {
      name: 'a taken unique expression',
      async provoke({ prisma, other }) {
        other.exec('CREATE UNIQUE INDEX "lower_name" ON "Author" (lower("name"))');
        return prisma.author.create({ data: { email: 'bob@x', name: 'ANN' } });
      },
      code: 'P2002',
      cause: { constraint: { index: 'lower_name' } },
      published: {
        why: 'it takes the name of the index for that of a column',
        becomes: { cause: { constraint: { fields: ["index 'lower_name'"] } } },
      },
    },
    {
      name: 'a taken rowid, in raw SQL',
      async provoke({ prisma, other }) {
        other.exec('CREATE TABLE plain (x); INSERT INTO plain (rowid, x) VALUES (1, 1)');
        return prisma.$executeRawUnsafe('INSERT INTO plain (rowid, x) VALUES (1, 2)');
      },
      code: 'P2010',
      cause: { constraint: { fields: ['rowid'] }, table: 'plain' },
      published: { why: 'it does not know this code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
  ],
  NullConstraintViolation: [
    {
      name: 'a missing value',
      provoke({ prisma, other }) {
        other.exec('DROP TABLE "Counter"; CREATE TABLE "Counter" (id INTEGER PRIMARY KEY, value INT, note NOT NULL)');
        return prisma.counter.create({ data: { id: 2, value: 1 } });
      },
      code: 'P2011',
      cause: { constraint: { fields: ['note'] } },
    },
  ],
  ForeignKeyConstraintViolation: [
    {
      name: 'a missing parent',
      provoke: ({ prisma }) => prisma.post.create({ data: { a: 'r', b: 's', authorId: 99 } }),
      code: 'P2003',
    },
    {
      name: 'a restricted delete',
      provoke: ({ prisma }) => prisma.author.delete({ where: { id: 1 } }),
      code: 'P2003',
    },
  ],
  TableDoesNotExist: [
    {
      name: 'a missing table',
      provoke({ prisma, other }) {
        other.exec('DROP TABLE "Post"');
        return prisma.post.findMany();
      },
      code: 'P2021',
      cause: { table: 'main.Post' },
    },
  ],
  ColumnNotFound: [
    {
      name: 'a missing column that is read',
      provoke({ prisma, other }) {
        other.exec('ALTER TABLE "Counter" DROP COLUMN "value"');
        return prisma.counter.findMany();
      },
      code: 'P2022',
      cause: { column: 'main.Counter.value' },
    },
    {
      name: 'a missing column that is written',
      provoke({ prisma, other }) {
        other.exec('ALTER TABLE "Counter" DROP COLUMN "value"');
        return prisma.counter.create({ data: { id: 2, value: 1 } });
      },
      code: 'P2022',
      cause: { column: 'value' },
    },
    {
      name: 'a missing column in quotes, in raw SQL',
      provoke: ({ prisma }) => prisma.$queryRawUnsafe('SELECT "absent" FROM "Author"'),
      code: 'P2010',
      cause: { column: 'absent' },
      published: {
        why: "it takes SQLite's advice for a part of the name",
        becomes: { cause: { column: '"absent" - should this be a string literal in single-quotes?' } },
      },
    },
  ],
  SocketTimeout: [
    {
      name: 'a write that another process keeps waiting',
      provoke({ prisma, other }) {
        other.exec('BEGIN IMMEDIATE');
        return prisma.counter.create({ data: { id: 2, value: 1 } });
      },
      code: 'P1008',
    },
    {
      name: 'a transaction that another process keeps waiting',
      provoke({ prisma, other }) {
        other.exec('BEGIN IMMEDIATE');
        return prisma.$transaction((transaction) => transaction.counter.create({ data: { id: 2, value: 1 } }));
      },
      code: 'P1008',
    },
  ],
  TransactionAlreadyClosed: [
    {
      name: 'a statement after SQLite gave up the transaction',
      provoke: ({ prisma }) =>
        prisma.$transaction(async (transaction) => {
          await failureOf(transaction.$executeRawUnsafe(`INSERT OR ROLLBACK INTO "Post" VALUES ('p', 'q', 1)`));
          return transaction.counter.create({ data: { id: 2, value: 1 } });
        }),
      code: 'P1018',
      published: {
        why: 'it runs the statement by itself, and fails when it commits what is not open',
        becomes: { message: 'cannot commit - no transaction is active' },
      },
    },
  ],
  InvalidIsolationLevel: [
    {
      name: 'a level that SQLite does not have',
      provoke: ({ prisma }) => prisma.$transaction(async () => {}, { isolationLevel: 'ReadCommitted' }),
      code: 'P2023',
    },
  ],
  InvalidInputValue: [
    {
      name: 'a float that is not a number',
      provoke: ({ prisma }) => prisma.sample.create({ data: { float: Number.NaN } }),
      code: 'P2007',
      published: { why: 'it stores NULL without a word', becomes: { stored: null } },
    },
    {
      name: 'a decimal that is not a number',
      provoke: async ({ prisma }) =>
        prisma.sample.create({ data: { decimal: new (await importTestClient()).Prisma.Decimal('NaN') } }),
      code: 'P2007',
      published: { why: 'it stores NULL without a word', becomes: { stored: null } },
    },
  ],
  ValueOutOfRange: [
    {
      name: 'an integer of more than 64 bits',
      provoke: ({ prisma }) => prisma.sample.create({ data: { big: 2n ** 63n } }),
      code: 'P2020',
      published: {
        why: "it lets better-sqlite3's error through",
        becomes: { message: 'The bound string, buffer, or bigint is too big' },
      },
    },
    {
      name: 'a decimal beyond the largest double',
      provoke: ({ prisma }) => prisma.sample.create({ data: { decimal: '1e400' } }),
      code: 'P2020',
      published: { why: 'it stores infinity without a word', becomes: { stored: Number.POSITIVE_INFINITY } },
    },
    {
      // Prisma's client hands over a whole float beyond 64 bits rounded to 16 digits: here to more than there is.
      name: 'the largest float',
      provoke: ({ prisma }) => prisma.sample.create({ data: { float: Number.MAX_VALUE } }),
      code: 'P2020',
      published: { why: 'it stores infinity without a word', becomes: { stored: Number.POSITIVE_INFINITY } },
    },
    {
      name: 'a sum of more than 64 bits',
      async provoke({ prisma }) {
        await prisma.sample.createMany({ data: [{ big: 2n ** 63n - 1n }, { big: 1n }] });
        return prisma.sample.aggregate({ _sum: { big: true } });
      },
      code: 'P2020',
      cause: { cause: 'integer overflow' },
      published: {
        why: 'it does not tell this mistake from others',
        becomes: { code: 'P2039', cause: { kind: 'sqlite' } },
      },
    },
  ],
  sqlite: [
    {
      name: 'a check',
      provoke: ({ prisma }) => prisma.author.create({ data: { email: 'bob@x', name: 'Bob', age: -1 } }),
      code: 'P2039',
      cause: { extendedCode: 275, message: 'CHECK constraint failed: age' },
      published: { why: 'it has the number of no code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
    {
      name: 'a trigger of the user',
      provoke({ prisma, other }) {
        other.exec(`CREATE TRIGGER no_zed BEFORE INSERT ON "Author" BEGIN SELECT RAISE(ABORT, 'no more'); END`);
        return prisma.author.create({ data: { email: 'bob@x', name: 'Bob' } });
      },
      code: 'P2039',
      cause: { extendedCode: 1811, message: 'no more' },
      published: {
        why: 'it takes every trigger for that of a foreign key',
        becomes: { code: 'P2003', cause: { kind: 'ForeignKeyConstraintViolation' } },
      },
    },
    {
      name: 'a value of another type in a strict table',
      provoke({ prisma, other }) {
        other.exec('CREATE TABLE strict (x INT) STRICT');
        return prisma.$executeRawUnsafe(`INSERT INTO strict VALUES ('text')`);
      },
      code: 'P2010',
      cause: { extendedCode: 3091, message: 'cannot store TEXT value in INT column strict.x' },
      published: { why: 'it has the number of no code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
    {
      name: 'bad SQL',
      provoke: ({ prisma }) => prisma.$queryRawUnsafe('SELEC 1'),
      code: 'P2010',
      cause: { extendedCode: 1, message: 'near "SELEC": syntax error' },
    },
    {
      name: 'a full disk',
      async provoke({ prisma }) {
        await prisma.$queryRawUnsafe('PRAGMA max_page_count = 40');
        return prisma.sample.create({ data: { bytes: new Uint8Array(1_000_000) } });
      },
      code: 'P2039',
      cause: { extendedCode: 13, message: 'database or disk is full' },
      published: { why: 'it has the number of no code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
    {
      name: 'a file that may only be read',
      async provoke({ prisma }) {
        await prisma.$queryRawUnsafe('PRAGMA query_only = ON');
        return prisma.counter.create({ data: { id: 2, value: 1 } });
      },
      code: 'P2039',
      cause: { extendedCode: 8, message: 'attempt to write a readonly database' },
      published: { why: 'it has the number of no code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
    {
      name: 'a damaged file',
      async provoke({ prisma, path, other }) {
        await prisma.author.createMany({
          data: Array.from({ length: 2000 }, (_, index) => ({ email: `${index}@x`, name: 'x'.repeat(100) })),
        });
        other.pragma('wal_checkpoint(TRUNCATE)');
        damage(path);
        // So that nothing is answered from memory.
        await prisma.$disconnect();
        return prisma.author.findMany();
      },
      code: 'P2039',
      cause: { extendedCode: 11, message: 'database disk image is malformed' },
      published: { why: 'it has the number of no code', becomes: { cause: { kind: 'sqlite', extendedCode: 1 } } },
    },
  ],
  ConnectionClosed: 'only a database that was given to the adapter can be closed under it: see below',
  InconsistentColumnData: "Prisma's client itself checks what it reads",
  TransactionWriteConflict: 'a transaction takes the write lock first and waits for it: there is nothing to conflict',
  RestrictViolation: 'SQLite tells no restricted delete from a missing parent: both are ForeignKeyConstraintViolation',
  LengthMismatch: 'SQLite limits no length; a check does, which is kind sqlite',
  UnsupportedNativeDataType: "all five storage classes have a type of Prisma's",
  DatabaseNotReachable: 'there is no server; what cannot be opened is kind sqlite, see below',
  DatabaseDoesNotExist: 'a missing file is created; in a missing folder it is kind sqlite, see below',
  DatabaseAlreadyExists: 'SQLite has no CREATE DATABASE',
  DatabaseAccessDenied: 'SQLite has no users; a file that may not be opened is kind sqlite',
  AuthenticationFailed: 'SQLite has no users',
  TlsConnectionError: 'there is no network',
  TooManyConnections: 'there is no server',
  MissingFullTextSearchIndex: "Prisma's client has no full-text search on SQLite",
  GenericJs: "Prisma's binding of an adapter gives this kind itself, to what is no DriverAdapterError",
  postgres: 'another database',
  mysql: 'another database',
  mssql: 'another database',
};

/** Overwrites everything but the first pages, which hold the schema. */
function damage(path: string): void {
  const file = openSync(path, 'r+');
  const start = 4096 * 8;
  writeSync(file, Buffer.alloc(statSync(path).size - start, 0x5a), 0, undefined, start);
  closeSync(file);
}

async function open(adapter: TestedAdapter): Promise<Place> {
  const place = await openTestClient(adapter, 200);
  place.other.exec(
    `INSERT INTO "Author" ("email", "name") VALUES ('ann@x', 'Ann'); INSERT INTO "Post" VALUES ('p', 'q', 1)`,
  );
  return place;
}

/** The failure; or what was stored instead of failing. */
async function outcomeOf(
  provoked: Promise<unknown>,
): Promise<Partial<Failure> & { message?: string; stored?: unknown }> {
  try {
    const row = (await provoked) as Record<string, unknown>;
    const stored = row.float ?? row.decimal ?? null;
    return { stored: stored === null ? null : Number(stored) };
  } catch (error) {
    const { code, message, meta } = error as Error & { code?: string; meta?: { driverAdapterError?: Error } };
    const cause = meta?.driverAdapterError?.cause as object | undefined;
    return { message, ...(code === undefined ? {} : { code }), ...(cause === undefined ? {} : { cause }) };
  }
}

const cases = Object.entries(KINDS).flatMap(([kind, list]) =>
  typeof list === 'string' ? [] : list.map((one) => ({ ...one, kind })),
);

describe("an error that reaches the caller of Prisma's client", () => {
  it.each(cases)('$kind: $name', async ({ provoke, kind, code, cause }) => {
    expect(await outcomeOf(provoke(await open(OURS)))).toMatchObject({ code, cause: { kind, ...cause } });
  });

  it.each(cases.filter(({ published }) => !published))(
    'is the same on the published adapter: $name',
    async ({ provoke, kind, code, cause }) => {
      expect(await outcomeOf(provoke(await open(PUBLISHED)))).toMatchObject({ code, cause: { kind, ...cause } });
    },
  );

  it.each(cases.flatMap(({ name, provoke, published }) => (published ? [{ name, provoke, ...published }] : [])))(
    'is another than on the published adapter: $name: $why',
    async ({ provoke, becomes }) => {
      expect(await outcomeOf(provoke(await open(PUBLISHED)))).toMatchObject(becomes);
    },
  );

  it.each([OURS, PUBLISHED])('has no code when it is the commit that fails, with $name', async (adapter) => {
    const { prisma, other } = await open(adapter);
    other.exec('CREATE TABLE late (x REFERENCES "Author" (id) DEFERRABLE INITIALLY DEFERRED)');
    const failure = await failureOf(
      prisma.$transaction(async (transaction) => {
        await transaction.$executeRawUnsafe('INSERT INTO late VALUES (99)');
      }),
    );
    expect(failure).toMatchObject({ name: 'DriverAdapterError', cause: { kind: 'ForeignKeyConstraintViolation' } });
    expect(failure.code).toBeUndefined();
    expect(other.prepare('SELECT count(*) FROM late').pluck().get()).toBe(0);
    await prisma.counter.create({ data: { id: 2, value: 1 } });
  });

  it('says that the database was closed, when it was given to the adapter', async () => {
    const database = newDatabase();
    const { PrismaClient } = await importTestClient();
    const prisma = new PrismaClient({ adapter: createPrismaSqlite(database), errorFormat: 'minimal' });
    await database.close();
    expect(await outcomeOf(prisma.counter.count())).toMatchObject({
      code: 'P1017',
      cause: { kind: 'ConnectionClosed' },
    });
  });

  it('says which file cannot be opened', async () => {
    const { PrismaClient } = await importTestClient();
    const path = '/nowhere/at/all.db';
    const prisma = new PrismaClient({ adapter: createPrismaSqlite({ path }), errorFormat: 'minimal' });
    // Prisma's client gives no code to what fails before there is a connection.
    const error = await failureOf(prisma.counter.count());
    expect(error).toMatchObject({ name: 'DriverAdapterError', cause: { kind: 'sqlite', extendedCode: 14 } });
    expect(error.message).toContain(path);
  });
});
