import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import { describe, expect, it } from 'vitest';
import { importTestClient, OURS, openTestClient, PUBLISHED } from './client/open-test-client.ts';
import { TABLES, type TestClient } from './client/test-client.ts';
import { failureOf, newDatabase } from './helpers.ts';

const ids = async (prisma: TestClient): Promise<unknown[]> =>
  (await prisma.counter.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);

describe.each([OURS, PUBLISHED])("with $name, Prisma's client", (adapter) => {
  const { isOurs } = adapter;

  it(`${isOurs ? 'never reads' : 'reads'} what a transaction has not committed (dirty read)`, async () => {
    const { prisma } = await openTestClient(adapter);
    let seen: unknown[] = [];
    const failure = await failureOf(
      prisma.$transaction(async (transaction) => {
        await transaction.counter.create({ data: { id: 1, value: 1 } });
        seen = await ids(prisma);
        throw new Error('changed my mind');
      }),
    );
    expect(failure.message).toBe('changed my mind');
    expect(seen).toEqual(isOurs ? [] : [1]);
    expect(await ids(prisma)).toEqual([]);
  });

  it(`${isOurs ? 'keeps' : 'loses'} an acknowledged write beside a transaction that rolls back (lost write)`, async () => {
    const { prisma } = await openTestClient(adapter);
    let write: Promise<unknown> = Promise.resolve();
    await failureOf(
      prisma.$transaction(async (transaction) => {
        await transaction.counter.create({ data: { id: 1, value: 1 } });
        // A query of Prisma's client starts when somebody waits for it.
        write = prisma.counter.create({ data: { id: 2, value: 2 } }).then((row) => row);
        // The published adapter acknowledges it at once, ours when its turn has come.
        await (isOurs ? new Promise((resolve) => setTimeout(resolve, 20)) : write);
        throw new Error('changed my mind');
      }),
    );
    expect(await write).toEqual({ id: 2, value: 2 });
    expect(await ids(prisma)).toEqual(isOurs ? [2] : []);
  });

  it(`${isOurs ? 'takes' : 'does not take'} the write lock when a transaction begins (BEGIN IMMEDIATE)`, async () => {
    const { prisma, other } = await openTestClient(adapter);
    let outcome = 'locked at once';
    await prisma.$transaction(async (transaction) => {
      await transaction.counter.count();
      try {
        other.exec('INSERT INTO "Counter" VALUES (1, 1)');
        outcome = 'overtaken';
      } catch (error) {
        expect(error).toMatchObject({ code: 'SQLITE_BUSY' });
      }
    });
    expect(outcome).toBe(isOurs ? 'locked at once' : 'overtaken');
  });
});

describe("Prisma's client on this adapter", () => {
  it('increments in a hundred transactions at once without losing one, and reads meanwhile', async () => {
    const { PrismaClient } = await importTestClient();
    const database = newDatabase();
    await database.exec(`${TABLES}; INSERT INTO "Counter" VALUES (1, 0)`);
    const prisma = new PrismaClient({
      adapter: createPrismaSqlite(database),
      errorFormat: 'minimal',
      transactionOptions: { maxWait: 20_000, timeout: 20_000 },
    });
    const increments = Array.from({ length: 100 }, () =>
      prisma.$transaction(async (transaction) => {
        const { value } = await transaction.counter.findUniqueOrThrow({ where: { id: 1 } });
        await transaction.counter.update({ where: { id: 1 }, data: { value: (value as number) + 1 } });
      }),
    );
    const reads = Array.from({ length: 100 }, () => prisma.counter.findUniqueOrThrow({ where: { id: 1 } }));
    await Promise.all([...increments, ...reads]);
    expect(await prisma.counter.findMany()).toEqual([{ id: 1, value: 100 }]);
  });

  it('keeps no lock for a transaction that it stopped waiting for (maxWait)', async () => {
    const { prisma, other } = await openTestClient(OURS);
    let failure: { code?: string } = {};
    await prisma.$transaction(async (transaction) => {
      await transaction.counter.create({ data: { id: 1, value: 1 } });
      failure = await failureOf(prisma.$transaction((late) => late.counter.count(), { maxWait: 20 }));
    });
    expect(failure.code).toBe('P2028');
    // Its turn comes now, and passes.
    await prisma.$transaction((transaction) => transaction.counter.create({ data: { id: 2, value: 2 } }));
    other.exec('INSERT INTO "Counter" VALUES (3, 3)');
    expect(await ids(prisma)).toEqual([1, 2, 3]);
  });

  it('keeps neither the lock nor the changes of a transaction that took too long (timeout)', async () => {
    const { prisma, other } = await openTestClient(OURS);
    const failure = await failureOf(
      prisma.$transaction(
        async (transaction) => {
          await transaction.counter.create({ data: { id: 1, value: 1 } });
          await new Promise((resolve) => setTimeout(resolve, 60));
          await transaction.counter.create({ data: { id: 2, value: 2 } });
        },
        { timeout: 20 },
      ),
    );
    expect(failure.code).toBe('P2028');
    other.exec('INSERT INTO "Counter" VALUES (3, 3)');
    expect(await ids(prisma)).toEqual([3]);
  });

  it('goes on after a full disk ended a transaction', async () => {
    const { prisma, other } = await openTestClient(OURS);
    await prisma.$queryRawUnsafe('PRAGMA max_page_count = 40');
    const failure = await failureOf(
      prisma.$transaction(async (transaction) => {
        await transaction.counter.create({ data: { id: 1, value: 1 } });
        await transaction.sample.create({ data: { bytes: new Uint8Array(1_000_000) } });
      }),
    );
    expect(failure.message).toContain('database or disk is full');
    await prisma.counter.create({ data: { id: 2, value: 2 } });
    other.exec('INSERT INTO "Counter" VALUES (3, 3)');
    expect(await ids(prisma)).toEqual([2, 3]);
  });
});
