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
    const place = names.indexOf(facet.stage);
    if (place === -1) return [];
    const entries = Object.entries(facet.columns).map(([name, { column, type }], index) => {
      return { name, column, type, alias: `f${place}_${index}` };
    });
    return [{ ...facet, place, key: `f${place}`, entries }];
  });
  // Made once: a key that is put together for each row is looked up far more slowly.
  const states = names.map((name, place) => ({ name, keys: stageKeys(place) }));
  const columns = [
    rawSql(DOCUMENT_COLUMNS.map((column) => `d.${column}`).join(', ')),
    ...names.flatMap((_, place) =>
      STAGE_COLUMNS.map((column) => sql`${stagePart(place)}.${rawSql(`${column} AS s${place}_${column}`)}`),
    ),
    ...known.flatMap(({ place, key, entries }) => [
      sql`${facetPart(place)}.document_id AS ${rawSql(key)}`,
      ...entries.map(({ column, alias }) => sql`${facetPart(place)}.${identifier(column)} AS ${rawSql(alias)}`),
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
    read: (row) => {
      const stages: Record<string, StageState> = {};
      for (const { name, keys } of states) if (row[keys.status] !== null) stages[name] = readStage(row, keys);
      const values: Record<string, Readonly<Record<string, unknown>>> = {};
      for (const { stage, key, entries } of known) {
        if (row[key] === null) continue;
        const facet: Record<string, unknown> = {};
        for (const { name, alias, type } of entries) facet[name] = readColumn(row[alias], type);
        values[stage] = facet;
      }
      return { ...readDocument(row), stages, facets: values };
    },
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

type StageKeys = Readonly<Record<(typeof STAGE_COLUMNS)[number], string>>;

function stageKeys(place: number): StageKeys {
  return Object.fromEntries(STAGE_COLUMNS.map((column) => [column, `s${place}_${column}`])) as StageKeys;
}

function readStage(row: Row, keys: StageKeys): StageState {
  return {
    status: row[keys.status] as StageStatus,
    runId: row[keys.run_id] as string | null,
    errorCode: row[keys.error_code] as string | null,
    errorMessage: row[keys.error_message] as string | null,
    updatedAt: readDate(row[keys.updated_at]),
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
