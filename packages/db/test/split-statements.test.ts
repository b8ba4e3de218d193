import { describe, expect, it } from 'vitest';
import { type Provider, rawSql, splitStatements } from '../src/index.ts';
import { openEmpty } from './migrate-support.ts';

const split = (script: string, provider: Provider): readonly string[] =>
  splitStatements(script, provider).map(({ text }) => text);

const TRIGGER = `CREATE TRIGGER "begin; end" AFTER INSERT ON t WHEN new.x > 0 BEGIN
  INSERT INTO log VALUES (CASE WHEN new.x = 1 THEN 'one; END;' ELSE 'more' END);
  UPDATE t SET x = 0; -- END;
END`;

const FUNCTION = `CREATE OR REPLACE FUNCTION twice(x integer) RETURNS integer LANGUAGE SQL BEGIN ATOMIC
  SELECT CASE WHEN x > 0 THEN 1 ELSE (SELECT CASE WHEN true THEN 2 END) END;
  SELECT x * 2;
END`;

const BLOCK = `DO $do$ BEGIN
  PERFORM 1; PERFORM ';$$;';
END; $do$`;

const RULE = 'CREATE RULE log_twice AS ON UPDATE TO t DO ALSO (INSERT INTO log VALUES (1); INSERT INTO log VALUES (2))';

describe('the statements of a script', () => {
  it.each<Provider>(['sqlite', 'postgresql'])('end at semicolons outside of quotes and comments, on %s', (provider) => {
    expect(split(`SELECT ';' /* ; */, ";" -- ;\n;; ; SELECT 2 -- the end;`, provider)).toEqual([
      `SELECT ';' /* ; */, ";"`,
      'SELECT 2',
    ]);
    for (const nothing of ['', ' \n', '-- only\n/* comments; */;;']) expect(split(nothing, provider)).toEqual([]);
  });

  it('have bodies of their own in the triggers of SQLite', () => {
    for (const kind of ['CREATE TRIGGER', 'create /* x */ temp trigger', 'CREATE TEMPORARY TRIGGER']) {
      const trigger = TRIGGER.replace('CREATE TRIGGER', kind);
      expect(split(`SELECT 1;${trigger};SELECT 2`, 'sqlite')).toEqual(['SELECT 1', trigger, 'SELECT 2']);
    }
    expect(split('CREATE TABLE "trigger" (x); SELECT 1; END', 'sqlite')).toHaveLength(3);
    expect(split('CREATE TABLE t (trigger_id); BEGIN; END', 'sqlite')).toHaveLength(3);
  });

  it('have bodies of their own in the functions and rules of PostgreSQL', () => {
    const procedure = FUNCTION.replace('OR REPLACE FUNCTION', 'PROCEDURE');
    const statements = [
      'SELECT 1',
      FUNCTION,
      procedure,
      BLOCK,
      RULE,
      'BEGIN',
      'SELECT CASE WHEN true THEN 1 END',
      'END',
    ];
    expect(split(statements.join('; '), 'postgresql')).toEqual(statements);
  });

  it('are told by their first words', () => {
    const words = (script: string): readonly (readonly string[])[] =>
      splitStatements(script, 'postgresql').map((statement) => statement.words.slice(0, 3));
    expect(words(`/* x */ start -- y\n transaction; "select" 'from'; INSERT INTO t`)).toEqual([
      ['START', 'TRANSACTION'],
      [],
      ['INSERT', 'INTO', 'T'],
    ]);
  });

  it('run one by one on SQLite as they run together', async () => {
    const { sql, runScript } = await openEmpty('sqlite');
    await runScript(({ exec }) =>
      exec(
        `CREATE TABLE t (x INTEGER); CREATE TABLE log (entry TEXT);\n${TRIGGER};\nINSERT INTO t VALUES (1), (2); -- end`,
      ),
    );
    expect(await sql.all(rawSql('SELECT entry FROM log ORDER BY rowid'))).toEqual([
      { entry: 'one; END;' },
      { entry: 'more' },
    ]);
  });

  it('run one by one on PostgreSQL as they run together', async () => {
    const { sql, runScript } = await openEmpty('postgresql');
    await runScript(({ exec }) =>
      exec(`CREATE TABLE t (x integer); CREATE TABLE log (entry integer);
        ${FUNCTION}; ${BLOCK}; ${RULE}; INSERT INTO t VALUES (twice(4)); UPDATE t SET x = 9;`),
    );
    expect(await sql.all(rawSql('SELECT x, (SELECT sum(entry) FROM log) AS entries FROM t'))).toEqual([
      { x: 9, entries: 3 },
    ]);
  });
});
