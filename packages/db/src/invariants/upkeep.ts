import type { SqlExecutor } from '../sql/executor.ts';
import { identifier, type Sql, sql } from '../sql/statement.ts';
import type { Invariant, Violation } from './invariant.ts';

/** Bytes, or rows, that are not worth a word. */
const LITTLE = { bytes: 8_000_000, rows: 10_000 } as const;
/** How many times the rows that statistics tell of there are when they mislead. */
const STALE = 10;

/** What a database needs from time to time; nothing is wrong without it. */
export const upkeepInvariants: readonly Invariant[] = [
  {
    id: 'database.space',
    summary: 'Little of what the database occupies is empty.',
    scope: 'deployment',
    severity: 'notice',
    advice: 'New rows use the space again. To give it back, run `VACUUM` with SQL while nobody is at work.',
    find: ({ sql: db }) => (db.dialect.provider === 'sqlite' ? emptyPages : deadRows),
  },
  {
    id: 'database.statistics',
    summary: 'What the database believes of its tables is about right.',
    scope: 'deployment',
    severity: 'notice',
    advice: 'Run `ANALYZE` with SQL, so that it chooses good plans.',
    find: ({ sql: db }) => (db.dialect.provider === 'sqlite' ? staleStatistics(db) : neverAnalysed),
  },
];

const emptyPages: Sql = sql`
  SELECT 'the file' AS subject, freelist_count || ' of ' || page_count || ' pages are empty' AS detail
  FROM pragma_freelist_count, pragma_page_count, pragma_page_size
  WHERE freelist_count * page_size > ${LITTLE.bytes} AND freelist_count * 4 > page_count`;

const deadRows: Sql = sql`
  SELECT relname::text AS subject, n_dead_tup || ' dead rows beside ' || n_live_tup AS detail FROM pg_stat_user_tables
  WHERE schemaname = current_schema() AND n_dead_tup > ${LITTLE.rows} AND n_dead_tup > n_live_tup`;

const neverAnalysed: Sql = sql`
  SELECT relname::text AS subject, 'never analysed' AS detail FROM pg_class
  WHERE relkind = 'r' AND relnamespace = quote_ident(current_schema())::regnamespace AND reltuples < 0
    AND pg_relation_size(oid) > ${LITTLE.bytes}`;

/**
 * Sheaf comes with statistics of a large workspace, which do no harm to a small one. Those that somebody made of a small
 * one mislead once it has grown.
 */
async function* staleStatistics(db: SqlExecutor): AsyncGenerator<Violation, void, undefined> {
  if (!(await db.tableExists('sqlite_stat1'))) return;
  const tables = await db.all<{ readonly name: string; readonly said: number }>(sql`
    SELECT tbl AS name, max(CAST(stat AS INTEGER)) AS said FROM sqlite_stat1
    WHERE tbl IN (SELECT name FROM sqlite_schema WHERE type = 'table') GROUP BY tbl ORDER BY tbl`);
  for (const { name, said } of tables) {
    const many = Math.max(LITTLE.rows, STALE * said);
    const more = await db.maybeOne(sql`SELECT 1 AS found FROM ${identifier(name)} LIMIT 1 OFFSET ${many}`);
    if (more)
      yield { workspaceId: null, subject: name, detail: `more than ${many} rows, where statistics say ${said}` };
  }
}
