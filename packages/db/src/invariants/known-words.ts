import { identifier, joinSql, type Sql, sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';

export interface KnownWordsOptions {
  readonly id: string;
  readonly table: string;
  readonly column: string;
  readonly words: readonly string[];
  /** An expression over the table that names a row. */
  readonly subject: Sql;
  readonly scope?: Invariant['scope'];
}

/** A column holds one of the words that it may hold. */
export function knownWords({ id, table, column, words, subject, scope }: KnownWordsOptions): Invariant {
  const known = joinSql(
    words.map((word) => sql`${word}`),
    ', ',
  );
  const workspace = scope === 'deployment' ? sql`` : sql`workspace_id, `;
  return {
    id,
    summary: `The ${column} in ${table} is one of ${words.join(', ')}.`,
    ...(scope === undefined ? {} : { scope }),
    advice: 'Another program wrote it: correct the row with SQL.',
    find: () => sql`
      SELECT ${workspace}${subject} AS subject, ${identifier(column)} AS detail FROM ${identifier(table)}
      WHERE ${identifier(column)} NOT IN (${known})`,
  };
}
