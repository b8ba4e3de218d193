import { cleanText } from '@sheaf/core';
import type { DataScope } from '../../scope.ts';
import { joinSql, type Sql, sql } from '../../sql/statement.ts';
import type { DateRange, DocumentFilter, StageCondition } from '../document-repository.ts';
import { URI_KEY_LENGTH, uriHash } from './document-uri.ts';

/**
 * The conditions of a filter on `documents d`, joined by AND. `stage` is left to those who join the stage's rows. Empty
 * lists of globs are no condition; an empty list of ids, URIs or statuses lets nothing through.
 */
export function filterConditions(scope: DataScope, filter: DocumentFilter): Sql {
  return joinSql([...documentConditions(scope, filter), ...relatedConditions(scope, filter)], ' AND ');
}

function documentConditions({ sql: { dialect }, workspace }: DataScope, filter: DocumentFilter): readonly Sql[] {
  const { ids, uriContains, include, exclude, domain, minLength, maxLength, hasContent, isGone } = filter;
  const anyGlob = (globs: readonly string[]): Sql =>
    sql`(${joinSql(
      globs.map((glob) => dialect.matchesGlob(sql`d.uri`, asText(glob))),
      ' OR ',
    )})`;
  return [
    sql`d.workspace_id = ${workspace.id}`,
    sql`d.merged_into_id IS NULL`,
    ...when(ids, (values) => dialect.isIn(sql`d.id`, values.map(asText))),
    ...when(uriContains, (part) => dialect.contains(sql`d.uri`, asText(part))),
    ...when(include?.length ? include : undefined, anyGlob),
    ...when(exclude?.length ? exclude : undefined, (globs) => sql`NOT ${anyGlob(globs)}`),
    ...when(domain, (name) => sql`d.domain = ${asText(name).toLowerCase()}`),
    ...when(minLength, (length) => sql`d.content_length >= CAST(${Math.ceil(length)} AS bigint)`),
    ...when(maxLength, (length) => sql`d.content_length <= CAST(${Math.floor(length)} AS bigint)`),
    ...when(hasContent, (has) => (has ? sql`d.bytes_hash IS NOT NULL` : sql`d.bytes_hash IS NULL`)),
    ...when(isGone, (is) => (is ? sql`d.gone_at IS NOT NULL` : sql`d.gone_at IS NULL`)),
    ...range(sql`d.first_seen_at`, filter.firstSeen),
    ...range(sql`d.last_seen_at`, filter.lastSeen),
    ...range(sql`d.changed_at`, filter.changed),
  ];
}

function relatedConditions(scope: DataScope, filter: DocumentFilter): readonly Sql[] {
  const { workspace, registry } = scope;
  const { dialect } = scope.sql;
  const { uris, sourceId, foundByRun, hasError, errorCode } = filter;
  // With the names of the stages the few that failed are found by index, without a look at the others.
  const names = registry.stages.map(({ name }) => name);
  const failed = sql`SELECT x.document_id FROM document_stages x
    WHERE x.workspace_id = ${workspace.id} AND ${dialect.isIn(sql`x.stage`, names)} AND x.status = 'failed'`;
  const some = (table: Sql, condition: Sql): Sql =>
    sql`EXISTS (SELECT 1 FROM ${table} x
      WHERE x.workspace_id = ${workspace.id} AND x.document_id = d.id AND ${condition})`;
  return [
    ...when(
      uris,
      (values) => sql`d.id IN (SELECT u.document_id FROM document_uris u
        WHERE u.workspace_id = ${workspace.id} AND ${dialect.isIn(sql`u.uri_hash`, values.map(uriHash))})`,
    ),
    ...when(sourceId, (id) => some(sql`document_sources`, sql`x.source_id = ${asText(id)}`)),
    ...when(foundByRun, (id) => some(sql`document_sources`, sql`x.run_id = ${asText(id)}`)),
    ...when(hasError, (has) => (has ? sql`d.id IN (${failed})` : sql`NOT EXISTS (${failed} AND x.document_id = d.id)`)),
    ...when(errorCode, (code) => some(sql`document_stages`, sql`x.error_code = ${asText(code)}`)),
  ];
}

/** What an only glob begins with, as a range of the column that URIs are ordered by: it adds nothing but speed. */
export function prefixCondition({ include }: DocumentFilter): readonly Sql[] {
  const [glob, ...others] = include ?? [];
  const [prefix = ''] = asText(glob ?? '').split(/[*?]/, 1);
  const start = cleanText(prefix, URI_KEY_LENGTH);
  // The last character raised by one; what would be no character of its own is left to the glob.
  const end = /[ -}]$/.test(start)
    ? start.slice(0, -1) + String.fromCharCode(start.charCodeAt(start.length - 1) + 1)
    : '';
  return end === '' || others.length > 0 ? [] : [sql`d.uri_key >= ${start}`, sql`d.uri_key < ${end}`];
}

/** The condition of a stage on `documents d`. */
export function stageCondition(scope: DataScope, stage: StageCondition): Sql {
  return sql`EXISTS (SELECT 1 FROM document_stages s WHERE s.document_id = d.id
    AND ${stageRows(scope, stage)} AND ${scope.sql.dialect.isIn(sql`s.status`, stage.statuses)})`;
}

/** The rows `document_stages s` of a stage in its variant, whatever their status. */
export function stageRows({ workspace }: DataScope, { stage, variant = 'default' }: StageCondition): Sql {
  return sql`s.workspace_id = ${workspace.id} AND s.stage = ${asText(stage)} AND s.variant = ${asText(variant)}`;
}

function range(column: Sql, { from, to }: DateRange = {}): readonly Sql[] {
  return [...when(from, (time) => sql`${column} >= ${time}`), ...when(to, (time) => sql`${column} < ${time}`)];
}

function when<T>(value: T | undefined, condition: (value: T) => Sql): readonly Sql[] {
  return value === undefined ? [] : [condition(value)];
}

/** What no stored text holds matches nothing; PostgreSQL would refuse it. */
function asText(value: string): string {
  return cleanText(value);
}
