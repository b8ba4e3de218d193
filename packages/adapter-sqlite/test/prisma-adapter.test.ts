import { AsyncLocalStorage } from 'node:async_hooks';
import { writeFileSync } from 'node:fs';
import {
  type ArgScalarType,
  type ArgType,
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import { createPrismaSqlite, isBusy, mapSqliteError, openSqlite, type SqliteTransaction } from '@sheaf/adapter-sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf, newDatabase, newDatabasePath, startFixture } from './helpers.ts';

function query(sql: string, ...args: [type: ArgScalarType, value: unknown][]): SqlQuery {
  return {
    sql,
    args: args.map(([, value]) => value),
    argTypes: args.map(([scalarType]): ArgType => ({ scalarType, arity: 'scalar' })),
  };
}

async function newAdapter(script = '', path: string = newDatabasePath()): Promise<SqlDriverAdapter> {
  const adapter = await createPrismaSqlite({ path, busyTimeout: 100 }).connect();
  onTestFinished(() => adapter.dispose());
  await adapter.executeScript(script);
  return adapter;
}

/** The payload of the DriverAdapterError that `promise` rejects with. */
async function kindOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await failureOf(promise);
  expect(error).toBeInstanceOf(DriverAdapterError);
  return error.cause;
}

describe('the Prisma adapter', () => {
  it('introduces itself as an adapter for sqlite', async () => {
    const factory = createPrismaSqlite({ path: ':memory:' });
    const adapter = await factory.connect();
    onTestFinished(() => adapter.dispose());
    for (const info of [factory, adapter]) {
      expect(info).toMatchObject({ provider: 'sqlite', adapterName: '@sheaf/adapter-sqlite' });
    }
    expect(adapter.getConnectionInfo?.()).toEqual({ supportsRelationJoins: false, maxBindValues: 32_766 });
  });

  it('can bind as many values as it promises', async () => {
    const adapter = await newAdapter();
    const list = (length: number): SqlQuery =>
      query(`SELECT 1 WHERE 1 IN (${Array.from({ length }, () => '?').join()})`, ...Array(length).fill(['int', 1]));
    expect((await adapter.queryRaw(list(32_766))).rows).toEqual([[1]]);
    expect((await failureOf(adapter.queryRaw(list(32_767)))).message).toContain('too many SQL variables');
  });

  it('is accepted by the binding that Prisma puts around adapters, which reports its errors as values', async () => {
    const factory = bindMigrationAwareSqlAdapterFactory(createPrismaSqlite({ path: ':memory:' }));
    const connected = await factory.connect();
    if (!connected.ok) throw new Error('It did not connect.');
    const adapter = connected.value;
    expect(await adapter.executeScript('CREATE TABLE item (id INTEGER PRIMARY KEY)')).toMatchObject({ ok: true });
    expect(await adapter.queryRaw(query('SELECT * FROM nowhere'))).toMatchObject({
      ok: false,
      error: { kind: 'TableDoesNotExist', table: 'nowhere', originalCode: 'SQLITE_ERROR' },
    });
    const started = await adapter.startTransaction();
    if (!started.ok) throw new Error('It did not start.');
    expect(await started.value.executeRaw(query('INSERT INTO item DEFAULT VALUES'))).toMatchObject({ value: 1 });
    expect(await started.value.commit()).toMatchObject({ ok: true });
    await adapter.dispose();
  });

  const T = ColumnTypeEnum;
  it.each<[string, ArgScalarType, unknown, number, unknown, unknown]>([
    // declared as, argument's type, argument, column type, value for Prisma, what is in the file
    ['INTEGER', 'int', 42, T.Int32, 42, 42],
    ['INTEGER', 'int', '42', T.Int32, 42, 42],
    ['BIGINT', 'bigint', '9007199254740993', T.Int64, '9007199254740993', 9007199254740993n],
    ['BIGINT', 'bigint', 9007199254740993n, T.Int64, '9007199254740993', 9007199254740993n],
    ['BIGINT', 'bigint', '7', T.Int64, 7, 7],
    ['REAL', 'float', '1.25', T.Double, 1.25, 1.25],
    ['REAL', 'float', 2, T.Double, 2, 2],
    ['DECIMAL', 'decimal', '19.99', T.Numeric, 19.99, 19.99],
    ['DECIMAL(10, 2)', 'decimal', '19.99', T.Numeric, 19.99, 19.99],
    ['TEXT', 'string', '42', T.Text, '42', '42'],
    ['TEXT', 'uuid', '0190', T.Text, '0190', '0190'],
    ['VARCHAR(20)', 'enum', 'RED', T.Text, 'RED', 'RED'],
    ['BOOLEAN', 'boolean', true, T.Boolean, 1, 1],
    ['BOOLEAN', 'boolean', false, T.Boolean, 0, 0],
    ['JSONB', 'json', '{"a":[1,null]}', T.Json, '{"a":[1,null]}', '{"a":[1,null]}'],
    [
      'DATETIME',
      'datetime',
      '2026-11-21T03:04:05.006Z',
      T.DateTime,
      '2026-11-21T03:04:05.006+00:00',
      '2026-11-21T03:04:05.006+00:00',
    ],
    [
      'DATETIME',
      'datetime',
      new Date(Date.UTC(2026, 0, 1)),
      T.DateTime,
      '2026-01-01T00:00:00.000+00:00',
      '2026-01-01T00:00:00.000+00:00',
    ],
    ['BLOB', 'bytes', 'AAH+/w==', T.Bytes, Buffer.from([0, 1, 254, 255]), Buffer.from([0, 1, 254, 255])],
    ['BLOB', 'bytes', Uint8Array.of(1, 2), T.Bytes, Buffer.from([1, 2]), Buffer.from([1, 2])],
    ['TEXT', 'string', null, T.Text, null, null],
    ['DATETIME', 'datetime', null, T.DateTime, null, null],
  ])(
    'a %s column keeps the type and value of a %s (case %#)',
    async (declared, scalar, value, type, expected, stored) => {
      const database = newDatabase();
      await database.exec(`CREATE TABLE box (value ${declared})`);
      const adapter = await createPrismaSqlite(database).connect();
      expect(await adapter.executeRaw(query('INSERT INTO box VALUES (?)', [scalar, value]))).toBe(1);
      expect(await adapter.queryRaw(query('SELECT value FROM box'))).toEqual({
        columnNames: ['value'],
        columnTypes: [type],
        rows: [[expected]],
      });
      expect((await database.all('SELECT value FROM box')).rows).toEqual([[stored]]);
    },
  );

  it('infers the type of an expression from its first value that is not NULL', async () => {
    const adapter = await newAdapter();
    const { columnTypes, rows } = await adapter.queryRaw(
      query(`SELECT NULL AS i, NULL AS t, NULL AS r, NULL AS b, NULL AS n
             UNION ALL SELECT 1, 'x', 1.5, x'01', NULL UNION ALL SELECT 9007199254740993, 'y', 2.5, x'02', NULL`),
    );
    expect(columnTypes).toEqual([T.Int64, T.Text, T.UnknownNumber, T.Bytes, T.Int32]);
    expect(rows[1]).toEqual([1, 'x', 1.5, Buffer.from([1]), null]);
    expect(rows[2]?.[0]).toBe('9007199254740993');
  });

  it('reads dates that are stored as milliseconds, and whole numbers of an integer column that holds a fraction', async () => {
    const adapter = await newAdapter(
      'CREATE TABLE old (at DATETIME, n INTEGER); INSERT INTO old VALUES (1767225600000, 1.5)',
    );
    expect((await adapter.queryRaw(query('SELECT at, n FROM old'))).rows).toEqual([['2026-01-01T00:00:00.000Z', 1]]);
  });

  it('counts the rows that executeRaw changes, also with RETURNING', async () => {
    const adapter = await newAdapter('CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER)');
    expect(await adapter.executeRaw(query('INSERT INTO item (n) VALUES (1), (2), (3) RETURNING id'))).toBe(3);
    expect(await adapter.executeRaw(query('UPDATE item SET n = 0 WHERE n > ?', ['int', 1]))).toBe(2);
    expect(await adapter.executeRaw(query('SELECT * FROM item'))).toBe(0);
  });

  it('returns the rows of a write from queryRaw', async () => {
    const adapter = await newAdapter('CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER)');
    const { rows } = await adapter.queryRaw(query('INSERT INTO item (n) VALUES (7) RETURNING id, n'));
    expect(rows).toEqual([[1, 7]]);
    expect((await adapter.queryRaw(query('SELECT n FROM item'))).rows).toEqual([[7]]);
  });

  it('runs several statements given to executeRaw without arguments, inside and outside transactions', async () => {
    const adapter = await newAdapter();
    expect(await adapter.executeRaw(query('CREATE TABLE a (x); -- first\nINSERT INTO a VALUES (1);'))).toBe(0);
    expect(await adapter.executeRaw(query('-- This is an empty migration.'))).toBe(0);
    const transaction = await adapter.startTransaction();
    await transaction.executeRaw(query('INSERT INTO a VALUES (2); INSERT INTO a VALUES (3)'));
    await transaction.rollback();
    expect((await adapter.queryRaw(query('SELECT x FROM a'))).rows).toEqual([[1]]);
    const refused = adapter.executeRaw(query('INSERT INTO a VALUES (?); DELETE FROM a', ['int', 1]));
    expect((await failureOf(refused)).message).toContain('more than one statement');
    expect((await adapter.queryRaw(query('SELECT x FROM a'))).rows).toEqual([[1]]);
  });

  it('nests by savepoints with any name', async () => {
    const adapter = await newAdapter('CREATE TABLE item (name TEXT)');
    const transaction = await adapter.startTransaction('SERIALIZABLE');
    await transaction.executeRaw(query("INSERT INTO item VALUES ('a')"));
    await transaction.createSavepoint?.('sp "1"');
    await transaction.executeRaw(query("INSERT INTO item VALUES ('b')"));
    await transaction.rollbackToSavepoint?.('sp "1"');
    await transaction.executeRaw(query("INSERT INTO item VALUES ('c')"));
    await transaction.releaseSavepoint?.('sp "1"');
    await transaction.commit();
    expect((await adapter.queryRaw(query('SELECT name FROM item'))).rows).toEqual([['a'], ['c']]);
  });

  it('knows one isolation level only', async () => {
    const adapter = await newAdapter();
    expect(await kindOf(adapter.startTransaction('READ COMMITTED'))).toEqual({
      kind: 'InvalidIsolationLevel',
      level: 'READ COMMITTED',
    });
  });

  it('hands each transaction to onTransaction in the async context of the call that began it', async () => {
    const database = newDatabase();
    await database.exec('CREATE TABLE item (name TEXT)');
    const context = new AsyncLocalStorage<string>();
    const seen: [string | undefined, SqliteTransaction][] = [];
    const factory = createPrismaSqlite(database, {
      onTransaction: (transaction) => void seen.push([context.getStore(), transaction]),
    });
    const adapter = await factory.connect();
    // The second has to wait for the first, and is woken by it.
    const started = ['first', 'second'].map((name) => context.run(name, () => adapter.startTransaction()));
    const first = await started[0];
    await seen[0]?.[1].run("INSERT INTO item VALUES ('by SQL')");
    await first?.executeRaw(query("INSERT INTO item VALUES ('by Prisma')"));
    await context.run('elsewhere', () => first?.rollback());
    await (await started[1])?.commit();
    expect(seen.map(([name]) => name)).toEqual(['first', 'second']);
    expect((await database.all('SELECT * FROM item')).rows).toEqual([]);
  });

  it('rolls back when onTransaction throws', async () => {
    const database = newDatabase();
    const adapter = await createPrismaSqlite(database, {
      onTransaction: () => {
        throw new Error('not now');
      },
    }).connect();
    expect((await failureOf(adapter.startTransaction())).message).toBe('not now');
    const transaction = await database.begin();
    await transaction.rollback();
  });

  it('closes a database that it opened, and leaves open one that it was given', async () => {
    const path = newDatabasePath();
    const owning = await createPrismaSqlite({ path }).connect();
    await owning.dispose();
    expect(await kindOf(owning.queryRaw(query('SELECT 1')))).toMatchObject({ kind: 'ConnectionClosed' });
    const database = newDatabase({ path });
    const borrowing = await createPrismaSqlite(database).connect();
    await borrowing.dispose();
    expect((await database.all('SELECT 1')).rows).toEqual([[1]]);
  });

  it('gives each shadow database a fresh memory', async () => {
    const factory = createPrismaSqlite({ path: newDatabasePath() });
    for (let i = 0; i < 2; i++) {
      const shadow = await factory.connectToShadowDb();
      expect((await shadow.queryRaw(query('SELECT name FROM sqlite_master'))).rows).toEqual([]);
      await shadow.executeRaw(query('CREATE TABLE a (x); CREATE TABLE b (y)'));
      expect((await shadow.queryRaw(query('SELECT name FROM sqlite_master'))).rows).toEqual([['a'], ['b']]);
      await shadow.dispose();
    }
  });
});

describe('errors for Prisma', () => {
  const SCHEMA = `
    CREATE TABLE "User" (id INTEGER PRIMARY KEY, email TEXT UNIQUE, name TEXT NOT NULL, age INT CHECK (age >= 0));
    CREATE UNIQUE INDEX "lower_name" ON "User" (lower(name));
    CREATE TABLE "Post" (
      author INTEGER REFERENCES "User" (id) ON DELETE RESTRICT, a TEXT, b TEXT, PRIMARY KEY (a, b)
    );
    INSERT INTO "User" VALUES (1, 'a@x', 'Ann', 1);
    INSERT INTO "Post" VALUES (1, 'p', 'q');
    CREATE TRIGGER no_zed BEFORE INSERT ON "User" WHEN NEW.name = 'Zed' BEGIN SELECT RAISE(ABORT, 'no Zed here'); END;
  `;

  it.each<[string, string, object]>([
    [
      'a taken unique value',
      `INSERT INTO "User" VALUES (2, 'a@x', 'Bob', 1)`,
      { kind: 'UniqueConstraintViolation', constraint: { fields: ['email'] }, table: 'User' },
    ],
    [
      'a taken primary key',
      `INSERT INTO "User" VALUES (1, 'b@x', 'Bob', 1)`,
      { kind: 'UniqueConstraintViolation', constraint: { fields: ['id'] }, table: 'User' },
    ],
    [
      'a taken composite key',
      `INSERT INTO "Post" VALUES (1, 'p', 'q')`,
      { kind: 'UniqueConstraintViolation', constraint: { fields: ['a', 'b'] }, table: 'Post' },
    ],
    [
      'a taken unique expression',
      `INSERT INTO "User" VALUES (2, 'b@x', 'ANN', 1)`,
      { kind: 'UniqueConstraintViolation', constraint: { index: 'lower_name' } },
    ],
    [
      'a missing value',
      `INSERT INTO "User" VALUES (2, 'b@x', NULL, 1)`,
      { kind: 'NullConstraintViolation', constraint: { fields: ['name'] } },
    ],
    [
      'a missing parent',
      `INSERT INTO "Post" VALUES (99, 'r', 's')`,
      { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } },
    ],
    [
      'a restricted delete',
      `DELETE FROM "User" WHERE id = 1`,
      { kind: 'ForeignKeyConstraintViolation', constraint: { foreignKey: {} } },
    ],
    [
      'a check',
      `INSERT INTO "User" VALUES (2, 'b@x', 'Bob', -1)`,
      { kind: 'sqlite', extendedCode: 275, message: 'CHECK constraint failed: age >= 0' },
    ],
    [
      'a trigger of the user',
      `INSERT INTO "User" VALUES (2, 'b@x', 'Zed', 1)`,
      { kind: 'sqlite', extendedCode: 1811, message: 'no Zed here' },
    ],
    ['a missing table', 'SELECT * FROM "Nowhere"', { kind: 'TableDoesNotExist', table: 'Nowhere' }],
    ['a missing column', 'SELECT absent FROM "User"', { kind: 'ColumnNotFound', column: 'absent' }],
    ['a missing column in quotes', 'SELECT "absent" FROM "User"', { kind: 'ColumnNotFound', column: 'absent' }],
    ['a missing column of a table', 'SELECT u.absent FROM "User" u', { kind: 'ColumnNotFound', column: 'u.absent' }],
    [
      'a column that cannot be set',
      'INSERT INTO "User" (absent) VALUES (1)',
      { kind: 'ColumnNotFound', column: 'absent' },
    ],
    ['bad SQL', 'SELEC 1', { kind: 'sqlite', extendedCode: 1, message: 'near "SELEC": syntax error' }],
  ])('%s', async (_name, sql, expected) => {
    const adapter = await newAdapter(SCHEMA);
    expect(await kindOf(adapter.queryRaw(query(sql)))).toMatchObject(expected);
    expect(await kindOf(adapter.executeRaw(query(sql)))).toMatchObject(expected);
    expect(await kindOf(adapter.executeScript(sql))).toMatchObject(expected);
    const transaction = await adapter.startTransaction();
    expect(await kindOf(transaction.executeRaw(query(sql)))).toMatchObject(expected);
    await transaction.rollback();
  });

  it('keep the code and the message of SQLite', async () => {
    const adapter = await newAdapter(SCHEMA);
    expect(await kindOf(adapter.executeRaw(query(`INSERT INTO "User" VALUES (1, 'b@x', 'Bob', 1)`)))).toMatchObject({
      originalCode: 'SQLITE_CONSTRAINT_PRIMARYKEY',
      originalMessage: 'UNIQUE constraint failed: User.id',
    });
  });

  it('a lock that another process does not give up is a timeout', async () => {
    const path = newDatabasePath();
    const adapter = await newAdapter('CREATE TABLE item (x)', path);
    const holder = startFixture('hold-lock', path);
    await holder.nextLine();
    for (const use of [
      () => adapter.executeRaw(query('INSERT INTO item VALUES (1)')),
      () => adapter.startTransaction(),
      () => adapter.executeScript('INSERT INTO item VALUES (1)'),
    ]) {
      expect(await kindOf(use())).toMatchObject({ kind: 'SocketTimeout', originalCode: 'SQLITE_BUSY' });
    }
  });

  it('a transaction that has ended is closed', async () => {
    const adapter = await newAdapter('CREATE TABLE item (x)');
    const transaction = await adapter.startTransaction();
    await transaction.commit();
    for (const use of [
      () => transaction.executeRaw(query('INSERT INTO item VALUES (1)')),
      () => transaction.queryRaw(query('SELECT 1')),
      () => transaction.commit(),
      () => transaction.createSavepoint?.('a') as Promise<void>,
    ]) {
      expect(await kindOf(use())).toMatchObject({ kind: 'TransactionAlreadyClosed' });
    }
  });

  it('a file that is only readable, one that is full and one that is damaged keep the code of SQLite', async () => {
    const path = newDatabasePath();
    const database = openSqlite({ path, pragmas: { max_page_count: 20 } });
    await database.exec('CREATE TABLE item (x)');
    const full = await createPrismaSqlite(database).connect();
    expect(await kindOf(full.executeRaw(query('INSERT INTO item VALUES (zeroblob(1000000))')))).toMatchObject({
      kind: 'sqlite',
      extendedCode: 13,
    });
    await database.close();

    const readonly = await createPrismaSqlite({ path, readonly: true }).connect();
    onTestFinished(() => readonly.dispose());
    expect(await kindOf(readonly.executeRaw(query('INSERT INTO item VALUES (1)')))).toMatchObject({
      kind: 'sqlite',
      extendedCode: 8,
    });

    const noDatabase = newDatabasePath();
    writeFileSync(noDatabase, 'x'.repeat(4096));
    expect(await kindOf(createPrismaSqlite({ path: noDatabase }).connect())).toMatchObject({
      kind: 'sqlite',
      extendedCode: 26,
    });
  });

  it.each([
    'SQLITE_BUSY',
    'SQLITE_BUSY_RECOVERY',
    'SQLITE_BUSY_SNAPSHOT',
    // SQLITE_BUSY_TIMEOUT, for which better-sqlite3 has no name.
    'UNKNOWN_SQLITE_ERROR_773',
  ])('%s is a timeout', (code) => {
    const error = Object.assign(new Error('database is locked'), { code });
    expect(isBusy(error)).toBe(true);
    expect(mapSqliteError(error)).toMatchObject({ cause: { kind: 'SocketTimeout', originalCode: code } });
  });

  it.each(['SQLITE_LOCKED', 'SQLITE_ERROR', 'UNKNOWN_SQLITE_ERROR_774', 'EBUSY', 5])('%s is none', (code) => {
    expect(isBusy(Object.assign(new Error('locked in another way'), { code }))).toBe(false);
  });

  it.each([
    ['SQLITE_CORRUPT', 11],
    ['SQLITE_CORRUPT_INDEX', 779],
    ['SQLITE_IOERR_READ', 266],
    ['SQLITE_IOERR_IN_PAGE', 8714],
    ['SQLITE_READONLY_DBMOVED', 1032],
    ['SQLITE_READONLY_DIRECTORY', 1544],
    ['SQLITE_CANTOPEN_SYMLINK', 1550],
    ['SQLITE_ABORT_ROLLBACK', 516],
    ['SQLITE_CONSTRAINT_DATATYPE', 3091],
    ['UNKNOWN_SQLITE_ERROR_4618', 4618],
  ])('%s is %i', (code, extendedCode) => {
    const error = Object.assign(new Error('as SQLite says'), { code });
    expect(mapSqliteError(error)).toMatchObject({
      name: 'DriverAdapterError',
      cause: { kind: 'sqlite', extendedCode, message: 'as SQLite says', originalCode: code },
    });
  });

  it.each([
    ['an error of a program', new TypeError('x is not a function')],
    ['an error of the system', Object.assign(new Error('nope'), { code: 'ENOENT' })],
    ['an error of Prisma', new DriverAdapterError({ kind: 'SocketTimeout' })],
    ['a text', 'broken'],
    ['nothing', undefined],
  ])('%s stays as it is', (_name, error) => {
    expect(mapSqliteError(error)).toBe(error);
  });
});
