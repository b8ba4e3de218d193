import type { DocumentView } from '@sheaf/db';
import type { HandWritten } from './by-hand.ts';

const DOCUMENT = `d.id, d.uri, d.domain, d.title, d.version, d.bytes_hash, d.text_hash, d.mime_type, d.content_length,
  d.first_seen_at, d.last_seen_at, d.changed_at, d.gone_at, d.meta`;

const STAGE = ['status', 'run_id', 'error_code', 'error_message', 'updated_at'];
const MAP = ['method', 'depth', 'found_at', 'modified_at', 'is_new'];
const FETCH = [
  ...['http_status', 'change', 'final_uri', 'canonical_uri', 'mime_type', 'charset', 'language', 'content_length'],
  ...['text_length', 'etag', 'last_modified', 'attempt', 'duration_ms', 'error_code', 'fetched_at'],
];

const columnsOf = (alias: string, columns: readonly string[]): string =>
  columns.map((column) => `${alias}.${column} AS ${alias}_${column}`).join(', ');

/** Documents with their two stages and the latest results of both plugins: what a page of Sheaf holds. */
const SELECT = `SELECT ${DOCUMENT}, ${columnsOf('m', STAGE)}, ${columnsOf('f', STAGE)},
  ${columnsOf('mr', MAP)}, ${columnsOf('fr', FETCH)}
  FROM documents d
  LEFT JOIN document_stages m
    ON m.workspace_id = d.workspace_id AND m.document_id = d.id AND m.stage = 'map' AND m.variant = 'default'
  LEFT JOIN document_stages f
    ON f.workspace_id = d.workspace_id AND f.document_id = d.id AND f.stage = 'fetch' AND f.variant = 'default'
  LEFT JOIN map_results mr
    ON mr.workspace_id = d.workspace_id AND mr.document_id = d.id AND mr.run_id = m.run_id
  LEFT JOIN fetch_results fr
    ON fr.workspace_id = d.workspace_id AND fr.document_id = d.id AND fr.run_id = f.run_id
  WHERE d.merged_into_id IS NULL`;

export interface PageByHand {
  /** Further conditions and the order, with `?` for their values. */
  readonly where: string;
  readonly order: string;
  readonly values: readonly unknown[];
  readonly limit: number;
}

export function pageByHand({ where, order, values, limit }: PageByHand): HandWritten {
  return { text: `${SELECT} AND ${where} ORDER BY ${order} LIMIT ?`, values: [...values, limit] };
}

/** What is compared of each document, from the view and from the row. */
export function essenceOfView({ id, uri, title, contentLength, stages, facets }: DocumentView): readonly unknown[] {
  const { map, fetch } = facets;
  return [id, uri, title, contentLength, stages.fetch?.status, map?.method, fetch?.httpStatus ?? null];
}

export function essenceOfRow(row: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [row.id, row.uri, row.title, row.content_length, row.f_status, row.mr_method, row.fr_http_status];
}
