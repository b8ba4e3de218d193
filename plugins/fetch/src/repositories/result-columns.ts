import { cleanJson, cleanText } from '@sheaf/core';
import type { ColumnType, Row } from '@sheaf/db';
import type { FetchResult } from './fetch-result.ts';

type Column = readonly [property: keyof FetchResult, column: string, type: ColumnType, maxLength?: number];

/** What varies from result to result, in the order of the table. Longer text is cut. */
export const RESULT_COLUMNS: readonly Column[] = [
  ['documentId', 'document_id', 'text'],
  ['runId', 'run_id', 'text'],
  ['status', 'status', 'text'],
  ['change', 'change', 'text'],
  ['httpStatus', 'http_status', 'integer'],
  ['finalUri', 'final_uri', 'text', 8_192],
  ['canonicalUri', 'canonical_uri', 'text', 8_192],
  ['redirects', 'redirects', 'json'],
  ['mimeType', 'mime_type', 'text', 255],
  ['charset', 'charset', 'text', 64],
  ['language', 'language', 'text', 64],
  ['title', 'title', 'text', 1_000],
  ['bytesHash', 'bytes_hash', 'text'],
  ['textHash', 'text_hash', 'text'],
  ['contentLength', 'content_length', 'integer'],
  ['textLength', 'text_length', 'integer'],
  ['etag', 'etag', 'text', 1_000],
  ['lastModified', 'last_modified', 'text', 100],
  ['metadata', 'metadata', 'json'],
  ['attempt', 'attempt', 'integer'],
  ['durationMs', 'duration_ms', 'integer'],
  ['errorCode', 'error_code', 'text', 100],
  ['errorMessage', 'error_message', 'text', 2_000],
  ['fetchedAt', 'fetched_at', 'datetime'],
];

/** The values of a result as the database can hold them. */
export function resultValues(result: FetchResult): readonly unknown[] {
  return RESULT_COLUMNS.map(([property, , type, maxLength]) => {
    const value = result[property];
    if (typeof value === 'string') return cleanText(value, maxLength);
    if (type === 'integer' && typeof value === 'number') return Math.round(value);
    return type === 'json' ? cleanJson(value) : value;
  });
}

export function readResult(row: Row): FetchResult {
  return Object.fromEntries(
    RESULT_COLUMNS.map(([property, column, type]) => {
      const value = row[column];
      return [property, type === 'integer' && value !== null ? Number(value) : value];
    }),
  ) as unknown as FetchResult;
}
