import type { FacetColumnType, StageStatus } from '@sheaf/core';
import type { DataRegistry } from '../../scope.ts';
import type { Row } from '../../sql/executor.ts';
import { identifier, joinSql, rawSql, type Sql, sql } from '../../sql/statement.ts';
import type { DocumentView, StageState } from '../document-repository.ts';
import { readDate, readOptionalDate, readRecord } from '../stored-value.ts';

/** How documents are read with the stages and facets of a registry. */
export interface DocumentViewReader {
  /** What to select, given `documents d` and `joins`. */
  readonly columns: Sql;
  readonly joins: Sql;
  readonly read: (row: Row) => DocumentView;
}

/** A facet is joined through its stage's run, by the primary keys of both: one statement, whatever the plugins. */
export function createViewReader({ stages, facets }: DataRegistry): DocumentViewReader {
  const names = stages.map(({ name }) => name);
  const stagePart = (place: number): Sql => rawSql(`s${place}`);
  const facetPart = (place: number): Sql => rawSql(`f${place}`);
  const known = facets.flatMap((facet) => {
    const stage = names.indexOf(facet.stage);
    return stage === -1 ? [] : [{ ...facet, place: stage, entries: Object.entries(facet.columns) }];
  });
  const columns = [
    rawSql(DOCUMENT_COLUMNS.map((column) => `d.${column}`).join(', ')),
    ...names.flatMap((_, place) =>
      STAGE_COLUMNS.map((column) => sql`${stagePart(place)}.${rawSql(`${column} AS s${place}_${column}`)}`),
    ),
    ...known.flatMap(({ place, entries }) => [
      sql`${facetPart(place)}.document_id AS ${rawSql(`f${place}`)}`,
      ...entries.map(
        ([, { column }], index) => sql`${facetPart(place)}.${identifier(column)} AS ${rawSql(`f${place}_${index}`)}`,
      ),
    ]),
  ];
  const joins = [
    ...names.map((name, place) => {
      const s = stagePart(place);
      return sql`LEFT JOIN document_stages ${s} ON ${s}.workspace_id = d.workspace_id
        AND ${s}.document_id = d.id AND ${s}.stage = ${name} AND ${s}.variant = 'default'`;
    }),
    ...known.map(({ table, place }) => {
      const [s, f] = [stagePart(place), facetPart(place)];
      return sql`LEFT JOIN ${identifier(table)} ${f} ON ${f}.workspace_id = d.workspace_id
        AND ${f}.document_id = d.id AND ${f}.run_id = ${s}.run_id`;
    }),
  ];
  return {
    columns: joinSql(columns, ', '),
    joins: joinSql(joins, '\n'),
    read: (row) => ({
      ...readDocument(row),
      stages: Object.fromEntries(
        names.flatMap((name, place) => (row[`s${place}_status`] === null ? [] : [[name, readStage(row, place)]])),
      ),
      facets: Object.fromEntries(
        known.flatMap(({ stage, place, entries }) => {
          if (row[`f${place}`] === null) return [];
          const values = entries.map(([name, { type }], index) => [name, readColumn(row[`f${place}_${index}`], type)]);
          return [[stage, Object.fromEntries(values)]];
        }),
      ),
    }),
  };
}

const STAGE_COLUMNS = ['status', 'run_id', 'error_code', 'error_message', 'updated_at'] as const;

const DOCUMENT_COLUMNS = [
  'id',
  'uri',
  'domain',
  'title',
  'version',
  'bytes_hash',
  'text_hash',
  'mime_type',
  'content_length',
  'first_seen_at',
  'last_seen_at',
  'changed_at',
  'gone_at',
  'meta',
] as const;

function readDocument(row: Row): Omit<DocumentView, 'stages' | 'facets'> {
  return {
    id: row.id as string,
    uri: row.uri as string,
    domain: row.domain as string,
    title: row.title as string | null,
    version: row.version as number,
    bytesHash: row.bytes_hash as string | null,
    textHash: row.text_hash as string | null,
    mimeType: row.mime_type as string | null,
    contentLength: row.content_length as number | null,
    firstSeenAt: readDate(row.first_seen_at),
    lastSeenAt: readDate(row.last_seen_at),
    changedAt: readOptionalDate(row.changed_at),
    goneAt: readOptionalDate(row.gone_at),
    meta: readRecord(row.meta),
  };
}

function readStage(row: Row, place: number): StageState {
  return {
    status: row[`s${place}_status`] as StageStatus,
    runId: row[`s${place}_run_id`] as string | null,
    errorCode: row[`s${place}_error_code`] as string | null,
    errorMessage: row[`s${place}_error_message`] as string | null,
    updatedAt: readDate(row[`s${place}_updated_at`]),
  };
}

/** A column that SQLite has under another type than the facet's is read by the facet's. */
function readColumn(value: unknown, type: FacetColumnType): unknown {
  if (value === null) return null;
  switch (type) {
    case 'datetime':
      return readDate(value);
    case 'boolean':
      return typeof value === 'boolean' ? value : Number(value) === 1;
    default:
      return value;
  }
}
