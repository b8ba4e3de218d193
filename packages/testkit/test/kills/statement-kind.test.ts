import { describe, expect, it } from 'vitest';
import { statementKind } from '../../src/kills/statement-kind.ts';

describe('the kind of a statement', () => {
  it.each([
    ['BEGIN IMMEDIATE', 'begin', /^begin$/],
    ['COMMIT', 'commit', /^commit$/],
    ['ROLLBACK', 'rollback', /^rollback$/],
    ['ROLLBACK TO SAVEPOINT a', 'read', /^rollback$/],
    ['SAVEPOINT a', 'read', /^savepoint$/],
    ['PRAGMA foreign_keys = ON', 'read', /^pragma$/],
    ['SELECT id FROM steps FOR UPDATE', 'read', /^select$/],
    ['INSERT INTO documents (id) VALUES (?)', 'write', /^insert documents /],
    ['  update "public"."steps"\n SET status = $1', 'write', /^update steps /],
    ['DELETE FROM workers WHERE id = ?', 'write', /^delete workers /],
    ['WITH due AS (SELECT id FROM steps) UPDATE steps SET status = ? FROM due', 'write', /^update steps /],
    ['WITH a AS (UPDATE x SET y = 1 RETURNING z) INSERT INTO t SELECT z FROM a', 'write', /^insert t /],
    ['WITH due AS (SELECT 1) SELECT * FROM due', 'read', /^select$/],
    ['CREATE TABLE t (id INTEGER)', 'write', /^script /],
    ['-- first\nCREATE TABLE a (id INTEGER);\nINSERT INTO a VALUES (1);', 'write', /^script /],
  ] as const)('of %j is %s', (text, effect, label) => {
    expect(statementKind(text)).toEqual({ effect, label: expect.stringMatching(label) });
  });

  it('is the same for any number of values and rows, and with any spacing', () => {
    const { label } = statementKind('INSERT INTO t (a, b) VALUES (?, ?)');
    expect(statementKind('INSERT INTO t (a, b)\n  VALUES (?, ?), (?, ?), (?, ?)').label).toBe(label);
    expect(statementKind('INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4)').label).toBe(label);
    expect(statementKind('INSERT INTO t (a, b) VALUES (($1::int4), $2), (($3::int4), $4)').label).toBe(label);
    expect(statementKind('INSERT INTO t (a, c) VALUES (?, ?)').label).not.toBe(label);
  });
});
