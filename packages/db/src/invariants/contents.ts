import type { PluginGraph } from '@sheaf/core';
import { identifier, joinSql, sql } from '../sql/statement.ts';
import type { Invariant } from './invariant.ts';
import { knownWords } from './known-words.ts';

const FETCH_ADVICE = 'Fetch the documents again: `sheaf fetch --refetch` stores their bytes anew.';

/** What the rows say of contents. */
export const contentInvariants: readonly Invariant[] = [
  knownWords({
    id: 'contents.storage',
    table: 'contents',
    column: 'storage',
    words: ['file', 'database'],
    subject: sql`hash`,
  }),
  {
    id: 'contents.bytes',
    summary: 'The bytes of a content that the database keeps are there.',
    advice: FETCH_ADVICE,
    find: () => sql`
      SELECT c.workspace_id, c.hash AS subject, c.size || ' bytes' AS detail FROM contents c
      LEFT JOIN content_bytes b ON b.workspace_id = c.workspace_id AND b.hash = c.hash
      WHERE c.storage = 'database' AND b.hash IS NULL`,
  },
  {
    id: 'contents.size',
    summary: 'A content is as large as its row says.',
    advice: FETCH_ADVICE,
    find: ({ sql: { dialect } }) => sql`
      SELECT c.workspace_id, c.hash AS subject, ${dialect.byteLength(sql`b.bytes`)} || ' bytes, not ' || c.size AS detail
      FROM contents c JOIN content_bytes b ON b.workspace_id = c.workspace_id AND b.hash = c.hash
      WHERE ${dialect.byteLength(sql`b.bytes`)} <> c.size`,
  },
];

interface ContentColumn {
  readonly table: string;
  readonly column: string;
}

/** What follows from the columns that plugins declare to hold hashes of contents. */
export function declaredContentInvariants({ plugins }: Pick<PluginGraph, 'plugins'>): readonly Invariant[] {
  const tables = plugins.flatMap((plugin) => Object.entries(plugin.schema?.contents ?? {}));
  const all = tables.flatMap(([table, columns]) => columns.map((column) => ({ table, column })));
  return [...tables.map(([table, columns]) => namedContentsExist(table, columns)), noOrphans(all)];
}

function namedContentsExist(table: string, columns: readonly string[]): Invariant {
  const missing = columns.map(
    (column) => sql`
      SELECT t.workspace_id, t.${identifier(column)} AS subject, ${`${table}.${column}`} AS detail
      FROM ${identifier(table)} t
      LEFT JOIN contents c ON c.workspace_id = t.workspace_id AND c.hash = t.${identifier(column)}
      WHERE t.${identifier(column)} IS NOT NULL AND c.hash IS NULL`,
  );
  return {
    id: `contents.${table.replaceAll('_', '-')}`,
    summary: `The contents that ${table} names (${columns.join(', ')}) are there.`,
    advice: FETCH_ADVICE,
    find: () => joinSql(missing, ' UNION '),
  };
}

function noOrphans(columns: readonly ContentColumn[]): Invariant {
  const named = columns.map(
    ({ table, column }) => sql`
      SELECT workspace_id, ${identifier(column)} AS hash FROM ${identifier(table)}
      WHERE ${identifier(column)} IS NOT NULL`,
  );
  return {
    id: 'contents.orphans',
    summary: 'Something names each content that is kept.',
    severity: 'notice',
    advice: '`sheaf prune` removes what nothing names any more.',
    find: () => sql`
      SELECT c.workspace_id, c.hash AS subject, c.size || ' bytes' AS detail FROM contents c
      LEFT JOIN (${joinSql(named, ' UNION ')}) AS n ON n.workspace_id = c.workspace_id AND n.hash = c.hash
      WHERE n.hash IS NULL`,
  };
}
