import type { Connection, Provider } from '@sheaf/db';
import { type ColumnType, ROLES, sql } from '@sheaf/db';
import type { RawDriver } from './raw-driver.ts';

/** One piece of work, done by the port and by the driver alone. Both give what they read, or how many rows they wrote. */
export interface SqlCase {
  readonly name: string;
  readonly providers: readonly Provider[];
  /** How often it is done in a turn. */
  readonly times: number;
  /** The most that the port's time may be of the driver's. */
  readonly atMost: Readonly<Record<Provider, number>>;
  port(turn: number): Promise<unknown>;
  raw(turn: number): Promise<unknown>;
}

const BOTH: readonly Provider[] = ['sqlite', 'postgresql'];
const BATCH = 500;
const COLUMNS: Readonly<Record<string, ColumnType>> = { id: 'integer', at: 'datetime', note: 'text' };
/** The types of `unnest`, in the order of the columns. */
const ARRAYS = ['integer', 'timestamp(3)', 'text'];

const batchAtMost = { sqlite: 1.3, postgresql: 1.3 };
const singleAtMost = { sqlite: 2.5, postgresql: 1.5 };

/** The table of each contender. */
export const TABLES = { port: 'notes_of_port', raw: 'notes_by_raw' } as const;

export function tableOf(provider: Provider, name: string): string {
  const time = provider === 'sqlite' ? 'DATETIME' : 'timestamp(3)';
  return `CREATE TABLE ${name} (id integer PRIMARY KEY, "at" ${time} NOT NULL, note text NOT NULL)`;
}

/** What is compared on a database. */
export function sqlCases(connection: Connection<unknown>, raw: RawDriver): readonly SqlCase[] {
  const { sql: db, provider } = connection;
  const { sql: bound } = connection.forWorkspace(1);
  const at = new Date('2026-01-02T03:04:05.678Z');
  const rows = (turn: number): readonly (readonly [number, Date, string])[] =>
    Array.from({ length: BATCH }, (_, index) => [turn * BATCH + index, at, `a note of some length, number ${index}`]);
  // As text of the one form in which times are stored.
  const timeText = (date: Date): string => date.toISOString().replace('Z', '+00:00');
  const batch = (turn: number): unknown[] => {
    const all = rows(turn);
    return provider === 'sqlite'
      ? [JSON.stringify(all.map(([id, date, note]) => [id, timeText(date), note]))]
      : [all.map(([id]) => id), all.map(([, date]) => timeText(date)), all.map(([, , note]) => note)];
  };
  const source =
    provider === 'sqlite'
      ? '(SELECT value ->> 0 AS id, value ->> 1 AS "at", value ->> 2 AS note FROM json_each($1) LIMIT -1)'
      : `(SELECT * FROM unnest(${ARRAYS.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) AS t(id, "at", note))`;
  const table = TABLES.raw;
  // Rows that exist since the first case has written them.
  const someId = (turn: number): number => (turn * 7_919) % BATCH;

  const cases: readonly SqlCase[] = [
    {
      name: `insert ${BATCH} rows`,
      providers: BOTH,
      times: 10,
      atMost: batchAtMost,
      port: (turn) =>
        db.execute(sql`
          INSERT INTO notes_of_port (id, "at", note) SELECT id, "at", note FROM ${db.dialect.records(COLUMNS, rows(turn))} AS r`),
      raw: (turn) =>
        raw.run(`INSERT INTO ${table} (id, "at", note) SELECT id, "at", note FROM ${source} AS r`, batch(turn)),
    },
    {
      name: `upsert ${BATCH} rows`,
      providers: BOTH,
      times: 10,
      atMost: batchAtMost,
      port: () =>
        db.execute(sql`
          INSERT INTO notes_of_port (id, "at", note)
          SELECT id, "at", note FROM ${db.dialect.records(COLUMNS, rows(0))} AS r WHERE true
          ON CONFLICT (id) DO UPDATE SET "at" = excluded."at", note = excluded.note`),
      raw: () =>
        raw.run(
          `INSERT INTO ${table} (id, "at", note) SELECT id, "at", note FROM ${source} AS r WHERE true
           ON CONFLICT (id) DO UPDATE SET "at" = excluded."at", note = excluded.note`,
          batch(0),
        ),
    },
    {
      name: `read ${BATCH} rows by a list of ids`,
      providers: BOTH,
      times: 20,
      atMost: batchAtMost,
      port: () =>
        db.all(sql`SELECT id, note FROM notes_of_port WHERE id IN (${rows(0).map(([id]) => id)}) ORDER BY id`),
      raw: () => {
        const ids = rows(0).map(([id]) => id);
        return provider === 'sqlite'
          ? raw.all(`SELECT id, note FROM ${table} WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id`, [
              JSON.stringify(ids),
            ])
          : raw.all(`SELECT id, note FROM ${table} WHERE id = ANY ($1::int4[]) ORDER BY id`, [ids]);
      },
    },
    {
      name: 'look a row up',
      providers: BOTH,
      times: 500,
      atMost: singleAtMost,
      port: (turn) => db.one(sql`SELECT id, note FROM notes_of_port WHERE id = ${someId(turn)}`),
      raw: async (turn) => (await raw.all(`SELECT id, note FROM ${table} WHERE id = $1`, [someId(turn)]))[0],
    },
    {
      name: 'look a row up by name',
      providers: BOTH,
      times: 500,
      atMost: singleAtMost,
      port: async (turn) =>
        (await db.query('SELECT id, note FROM notes_of_port WHERE id = :id', { id: someId(turn) }))[0],
      raw: async (turn) => (await raw.all(`SELECT id, note FROM ${table} WHERE id = $1`, [someId(turn)]))[0],
    },
    {
      name: 'update a row',
      providers: BOTH,
      times: 300,
      atMost: singleAtMost,
      port: (turn) =>
        db.execute(sql`UPDATE notes_of_port SET "at" = ${at}, note = ${`note ${turn}`} WHERE id = ${someId(turn)}`),
      raw: (turn) =>
        raw.run(`UPDATE ${table} SET "at" = $1, note = $2 WHERE id = $3`, [timeText(at), `note ${turn}`, someId(turn)]),
    },
    {
      // The port opens a transaction that is bound to the workspace, and ends it.
      name: 'look a row up in a workspace',
      providers: ['postgresql'],
      times: 200,
      atMost: singleAtMost,
      port: (turn) => bound.one(sql`SELECT id, note FROM notes_of_port WHERE id = ${someId(turn)}`),
      raw: (turn) =>
        raw.inTransaction(async (inner) => {
          await inner.all(
            `SELECT set_config('role', '${ROLES.app}', true), set_config('sheaf.workspace_id', $1, true)`,
            ['1'],
          );
          return (await inner.all(`SELECT id, note FROM ${table} WHERE id = $1`, [someId(turn)]))[0];
        }),
    },
  ];
  return cases.filter(({ providers }) => providers.includes(provider));
}
