import { type DataScope, type Sql, type SqlExecutor, sql } from '@sheaf/db';

/** How a database goes about the statements of one call. */
export interface Plan {
  /** By name; that of a primary key is `<table>_pkey` on both databases. */
  readonly indexes: readonly string[];
  /** Tables that are read from end to end without an index; on SQLite by their names in the statement. */
  readonly scans: readonly string[];
  /** As the database says it, for people. */
  readonly text: string;
}

/** Calls repositories of a scope and explains the statements that they make. */
export async function planOf(scope: DataScope, call: (scope: DataScope) => Promise<unknown>): Promise<Plan> {
  const statements: Sql[] = [];
  await call(recording(scope, statements));
  const steps: PlanStep[] = [];
  for (const statement of statements) steps.push(...(await explain(scope.sql, statement)));
  return {
    indexes: [...new Set(steps.flatMap(({ index }) => index ?? []))],
    scans: steps.flatMap(({ scan }) => scan ?? []),
    text: steps.map(({ text }) => text).join('\n'),
  };
}

function recording(scope: DataScope, statements: Sql[]): DataScope {
  const { sql: db } = scope;
  const note = (statement: Sql): Sql => {
    if (/^\s*(SELECT|WITH|UPDATE|INSERT)\b/.test(statement.strings[0] ?? '')) statements.push(statement);
    return statement;
  };
  return {
    ...scope,
    sql: {
      ...db,
      all: (statement) => db.all(note(statement)),
      one: (statement) => db.one(note(statement)),
      maybeOne: (statement) => db.maybeOne(note(statement)),
      execute: (statement) => db.execute(note(statement)),
    },
    transaction: (work, options) => scope.transaction((inner) => work(recording(inner, statements)), options),
  };
}

interface PlanStep {
  readonly text: string;
  readonly index?: string;
  readonly scan?: string;
}

function explain(db: SqlExecutor, statement: Sql): Promise<readonly PlanStep[]> {
  return db.dialect.provider === 'sqlite' ? explainSqlite(db, statement) : explainPostgresql(db, statement);
}

async function explainSqlite(db: SqlExecutor, statement: Sql): Promise<readonly PlanStep[]> {
  const rows = await db.all<{ readonly detail: string }>(sql`EXPLAIN QUERY PLAN ${statement}`);
  const derived = new Set([...statement.strings.join('?').matchAll(/\) AS (\w+)/g)].map(([, name]) => name));
  return rows.map(({ detail }) => {
    const [, index] = / USING (?:COVERING )?INDEX (\w+)/.exec(detail) ?? [];
    if (index) return { text: detail, index: index.replace(/^sqlite_autoindex_(\w+)_1$/, '$1_pkey') };
    const [, scan] = /^SCAN (?!CONSTANT ROW)(\w+)(?!.*VIRTUAL TABLE)/.exec(detail) ?? [];
    return scan === undefined || derived.has(scan) ? { text: detail } : { text: detail, scan };
  });
}

interface PostgresqlNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PostgresqlNode[];
}

async function explainPostgresql(db: SqlExecutor, statement: Sql): Promise<readonly PlanStep[]> {
  type Answer = { readonly 'QUERY PLAN': readonly [{ readonly Plan: PostgresqlNode }] };
  const answer = await db.one<Answer>(sql`EXPLAIN (FORMAT JSON) ${statement}`);
  return flatten(answer['QUERY PLAN'][0].Plan);
}

function flatten(node: PostgresqlNode): readonly PlanStep[] {
  const { 'Node Type': type, 'Relation Name': relation, 'Index Name': index, Plans = [] } = node;
  const text = [type, relation, index].filter(Boolean).join(' ');
  const step = index ? { text, index } : type === 'Seq Scan' && relation ? { text, scan: relation } : { text };
  return [step, ...Plans.flatMap(flatten)];
}
