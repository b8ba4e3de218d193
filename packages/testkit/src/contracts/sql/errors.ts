import { isSheafError, type SheafError } from '@sheaf/core';
import { json, rawSql, type Sql, sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContractHarness } from '../contract-harness.ts';
import { type KindsData, openKinds } from './kinds-table.ts';

const SECRETS = ['hunter2-Geheimnis', 'geheim  mit   Lücken', 'pw1'];

/** Errors say what was wrong, without the values that were bound. */
export function sqlErrorsContract(harness: ContractHarness): void {
  describe(`errors by SQL (${harness.name})`, () => {
    const isPostgresql = harness.provider === 'postgresql';
    let data: KindsData;
    beforeAll(async () => {
      data = await openKinds(harness);
      const unique = isPostgresql ? 'text UNIQUE' : 'TEXT UNIQUE';
      await data.db.execute(
        rawSql(`CREATE TABLE people (id integer PRIMARY KEY, email ${unique}, age integer CHECK (age > 0),
        boss integer REFERENCES people (id), name text NOT NULL)`),
      );
      for (const [index, email] of SECRETS.entries()) {
        await data.db.execute(sql`INSERT INTO people (id, email, name) VALUES (${index}, ${email}, 'x')`);
      }
    });
    afterAll(() => data.close());

    const person = (
      email: string,
      rest: { readonly age?: unknown; readonly boss?: number; readonly name?: string | null },
    ): Sql =>
      sql`INSERT INTO people (id, email, age, boss, name)
        VALUES (${99}, ${email}, ${(rest.age ?? null) as null}, ${rest.boss ?? null}, ${rest.name === undefined ? 'x' : rest.name})`;

    const cases: readonly (readonly [string, string, (secret: string) => Sql])[] = [
      ['a key that exists', 'db.unique-violation', (secret) => person(secret, {})],
      ['a missing parent', 'db.foreign-key-violation', (secret) => person(`new ${secret}`, { boss: 77 })],
      ['a check', 'db.query-failed', (secret) => person(`new ${secret}`, { age: -5 })],
      ['a missing value', 'db.query-failed', (secret) => person(`new ${secret}`, { name: null })],
      ['a missing column', 'db.query-failed', (secret) => sql`SELECT no_such FROM people WHERE email = ${secret}`],
      ['a syntax error', 'db.query-failed', (secret) => sql`SELECT ${secret} FROM WHERE`],
      [
        'a path in JSON',
        'db.query-failed',
        (secret) =>
          isPostgresql
            ? sql`SELECT jsonb_path_query('{}', ${secret}::jsonpath)`
            : sql`SELECT json_extract('{}', ${secret})`,
      ],
      [
        'text that is no JSON',
        'db.query-failed',
        (secret) => (isPostgresql ? sql`SELECT ${secret}::jsonb` : sql`SELECT json(${secret})`),
      ],
      ...(isPostgresql
        ? ([
            ['text that is no number', 'db.query-failed', (secret: string) => person('e', { age: secret })],
            ['text that is no time', 'db.query-failed', (secret: string) => sql`SELECT ${secret}::timestamp`],
            [
              'a list with no numbers',
              'db.query-failed',
              (secret: string) => sql`SELECT id FROM people WHERE id IN (${[secret]})`,
            ],
            [
              'a document in a wrong place',
              'db.query-failed',
              (secret: string) => sql`SELECT ${json({ secret })}::integer`,
            ],
            [
              'a stored text that is no number',
              'db.query-failed',
              (secret: string) => sql`SELECT email::integer FROM people WHERE id = ${SECRETS.indexOf(secret)}`,
            ],
            ['a name that is no table', 'db.query-failed', (secret: string) => sql`SELECT ${`"${secret}"`}::regclass`],
          ] as const)
        : []),
    ];

    it.each(cases)('name the statement and never a value: %s', async (_title, code, statementOf) => {
      for (const secret of SECRETS) {
        const statement = statementOf(secret);
        const failure = (await data.db.all(statement).catch((error: unknown) => error)) as SheafError;
        expect(isSheafError(failure, code), `${failure}`).toBe(true);
        const told = [failure.message, failure.hint, JSON.stringify(failure.details)].join('\n');
        for (const text of [secret, secret.replaceAll(/\s+/g, ' '), '99', '-5']) expect(told).not.toContain(text);
        expect(failure.details.sql).toBe(statement.strings.join('?').replaceAll(/\s+/g, ' ').trim());
        expect(failure.cause).toBeInstanceOf(Error);
        expect((failure.cause as Error).message).not.toBe('');
      }
    });

    it('name the statement of a script that failed', async () => {
      const script = `-- a script\nCREATE TABLE fine (x integer); SELECT ';';\nINSERT INTO nowhere VALUES (1) ; SELECT 1`;
      await expect(data.connection.runScript(({ exec }) => exec(script))).rejects.toMatchObject({
        code: 'db.query-failed',
        details: { sql: 'INSERT INTO nowhere VALUES (1)' },
      });
      expect(await data.db.tableExists('fine')).toBe(false);
    });
  });
}
