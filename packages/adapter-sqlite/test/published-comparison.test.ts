import {
  type ArgScalarType,
  type SqlQuery,
  type SqlResultSet,
  ColumnTypeEnum as T,
} from '@prisma/driver-adapter-utils';
import { createPrismaSqlite } from '@sheaf/adapter-sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf, newDatabasePath } from './helpers.ts';
import { connectPublished } from './published-adapter.ts';

type Argument = readonly [type: ArgScalarType, value: unknown];

const query = (sql: string, args: readonly Argument[] = []): SqlQuery => ({
  sql,
  args: args.map(([, value]) => value),
  argTypes: args.map(([scalarType]) => ({ scalarType, arity: 'scalar' })),
});

/** What each adapter gives for the same query, in a database of its own that `script` made. */
async function both(script: string, ...queries: SqlQuery[]): Promise<[ours: Outcome, published: Outcome]> {
  const ours = await createPrismaSqlite({ path: newDatabasePath() }).connect();
  onTestFinished(() => ours.dispose());
  const outcomes: Outcome[] = [];
  for (const adapter of [ours, await connectPublished(newDatabasePath())]) {
    await adapter.executeScript(script);
    let outcome: Outcome = 'no query';
    try {
      for (const one of queries) outcome = await adapter.queryRaw(one);
    } catch (error) {
      outcome = (error as Error).message;
    }
    outcomes.push(outcome);
  }
  return outcomes as [Outcome, Outcome];
}

/** A result, or the message of an error. */
type Outcome = SqlResultSet | string;

const INSTANT = '2026-11-21T03:04:05.006Z';

/** Every type that a column can be declared as in Prisma or by hand, with the edges of its values. */
const COLUMNS: readonly (readonly [declared: string, type: ArgScalarType, values: readonly unknown[]])[] = [
  ...['INT', 'INTEGER', 'TINYINT', 'SMALLINT', 'MEDIUMINT', 'INT2', 'SERIAL'].map(
    (declared) => [declared, 'int', [0, -1, '42', 2 ** 31 - 1, -(2 ** 31), 2 ** 31, null]] as const,
  ),
  ...['BIGINT', 'INT8', 'UNSIGNED BIG INT'].map(
    (declared) => [declared, 'bigint', ['0', 7n, '9007199254740993', `${2n ** 63n - 1n}`, -(2n ** 63n), null]] as const,
  ),
  ...['REAL', 'DOUBLE', 'DOUBLE PRECISION', 'FLOAT', 'NUMERIC'].map(
    (declared) => [declared, 'float', ['1.25', 2, 0.1 + 0.2, 5e-324, 1e300, Number.POSITIVE_INFINITY, null]] as const,
  ),
  ['DECIMAL', 'decimal', ['19.99', '0', '-0.000000001', '999999999999999', '12345678901234567890', null]],
  ...['TEXT', 'CLOB', 'VARCHAR', 'CHARACTER', 'NCHAR', 'NVARCHAR', 'VARYING CHARACTER', 'NATIVE CHARACTER'].map(
    (declared) => [declared, 'string', ['', '42', 'naïve 漢字 🌾', 'a\0b', '\ud800', null]] as const,
  ),
  ['BOOLEAN', 'boolean', [true, false, null]],
  ...['DATETIME', 'TIMESTAMP'].map(
    (declared) => [declared, 'datetime', [INSTANT, new Date(0), new Date(8.64e15), new Date(-1), null]] as const,
  ),
  ['DATE', 'string', ['2026-11-21', null]],
  ['TIME', 'string', ['03:04:05', null]],
  ['BLOB', 'bytes', ['', 'AAH+/w==', Uint8Array.of(0, 255), new Uint8Array(), null]],
  ['JSONB', 'json', ['{"a":[1,null]}', '""', 'null', '42', '1.5', null]],
  ['TEXT', 'enum', ['RED']],
  ['TEXT', 'uuid', ['0190b0a6-0000-7000-8000-000000000000']],
  ['INTEGER', 'unknown', [7, 'text', null]],
  ['', 'string', ['undeclared', null]],
];

describe('the published adapter agrees', () => {
  it.each(COLUMNS)('on a column that is declared %s and written as %s', async (declared, type, values) => {
    const script = `CREATE TABLE box (id INTEGER PRIMARY KEY, value ${declared})`;
    const inserts = values.map((value) => query('INSERT INTO box (value) VALUES (?)', [[type, value]]));
    const [ours, published] = await both(script, ...inserts, query('SELECT value, typeof(value) FROM box ORDER BY id'));
    expect(ours).toHaveProperty('rows.length', values.length);
    expect(ours).toEqual(published);
  });

  it.each([
    ['RETURNING', 'INSERT INTO item VALUES (2, 3) RETURNING *'],
    ['a write without it', 'UPDATE item SET n = 4'],
    ['aggregates', 'SELECT count(*), max(n), avg(n), sum(n), min(n) FROM item'],
    ['no rows', 'SELECT id, n, n + 1 FROM item WHERE 0'],
    ['expressions', `SELECT n + 1, 1.5, 'x', NULL, 9007199254740993 FROM item`],
    ['two columns of one name', 'SELECT n, n FROM item'],
    ['an error', 'SELECT absent'],
  ])('on the result of %s', async (_name, sql) => {
    const [ours, published] = await both(
      'CREATE TABLE item (id INTEGER PRIMARY KEY, n INT); INSERT INTO item VALUES (1, 2)',
      query(sql),
    );
    expect(ours).toEqual(published);
  });
});

const result = (columnTypes: number[], ...rows: unknown[][]): object => ({ columnTypes, rows });

/** Where we differ on purpose. What both say is expected, so that a change of theirs is seen. */
const DIFFERENCES: readonly {
  name: string;
  script?: string;
  query: SqlQuery;
  ours: Outcome | object;
  published: Outcome | object;
}[] = [
  {
    name: 'whole numbers are integers in an expression, since a number of JavaScript in SQL is one',
    query: query('SELECT ? / ?, typeof(?)', [
      ['int', 7],
      ['int', 2],
      ['int', 1],
    ]),
    ours: result([T.Int64, T.Text], [3, 'integer']),
    published: result([T.UnknownNumber, T.Text], [3.5, 'real']),
  },
  {
    name: 'whole numbers are integers in a column without a type',
    script: 'CREATE TABLE box (value); INSERT INTO box VALUES (1)',
    query: query(`UPDATE box SET value = ? RETURNING 'n' || value`, [['int', 5]]),
    ours: result([T.Text], ['n5']),
    published: result([T.Text], ['n5.0']),
  },
  {
    name: 'bytes can come from an expression',
    query: query(`SELECT x'0102'`),
    ours: result([T.Bytes], [Buffer.from([1, 2])]),
    published: 'unexpected value of type object: {"type":"Buffer","data":[1,2]}',
  },
  {
    name: 'a type with a length or a precision is that type',
    script: `CREATE TABLE box (d DECIMAL(10, 2), v VARCHAR(20)); INSERT INTO box VALUES (1.5, NULL)`,
    query: query('SELECT d, v FROM box'),
    ours: result([T.Numeric, T.Text], [1.5, null]),
    published: result([T.UnknownNumber, T.Int32], [1.5, null]),
  },
  {
    name: 'a number that is no date does not make the whole result fail',
    script: 'CREATE TABLE box (at DATETIME); INSERT INTO box VALUES (9e15)',
    query: query('SELECT at FROM box'),
    ours: result([T.DateTime], ['9000000000000000']),
    published: 'Invalid time value',
  },
  {
    name: 'parameters can be numbered',
    query: query('SELECT ?2, ?1, ?2', [
      ['string', 'a'],
      ['string', 'b'],
    ]),
    ours: result([T.Text, T.Text, T.Text], ['b', 'a', 'b']),
    published: 'Too many parameter values were provided',
  },
];

describe('this adapter differs on purpose', () => {
  it.each(DIFFERENCES)('$name', async ({ script = '', query, ours, published }) => {
    const outcomes = await both(script, query);
    for (const [index, expected] of [ours, published].entries()) {
      if (typeof expected === 'string') expect(outcomes[index]).toBe(expected);
      else expect(outcomes[index]).toMatchObject(expected);
    }
  });

  it('several statements without arguments run as a script, which the published adapter refuses', async () => {
    const sql = 'CREATE TABLE a (x); CREATE TABLE b (y)';
    const ours = await createPrismaSqlite({ path: newDatabasePath() }).connect();
    onTestFinished(() => ours.dispose());
    expect(await ours.executeRaw(query(sql))).toBe(0);
    const refused = (await connectPublished(newDatabasePath())).executeRaw(query(sql));
    expect((await failureOf(refused)).message).toContain('more than one statement');
  });
});
