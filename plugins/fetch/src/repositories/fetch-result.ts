import type { ContentChange } from '@sheaf/db';
import type { Redirect } from '@sheaf/web';

/** What came of a document in a run; `gone` is a 404, a 410 or a missing file. */
export type FetchChange = ContentChange | 'gone';

export const FETCH_CHANGES: readonly FetchChange[] = ['created', 'updated', 'unchanged', 'restored', 'gone'];

export type FetchStatus = 'completed' | 'failed' | 'skipped';

/** What one run got of a document. */
export interface FetchResult {
  readonly documentId: string;
  readonly runId: string;
  readonly status: FetchStatus;
  /** Null where nothing was got. */
  readonly change: FetchChange | null;
  /** Null for files, and where there was no answer. */
  readonly httpStatus: number | null;
  readonly finalUri: string | null;
  readonly canonicalUri: string | null;
  readonly redirects: readonly Redirect[] | null;
  readonly mimeType: string | null;
  readonly charset: string | null;
  readonly language: string | null;
  readonly title: string | null;
  readonly bytesHash: string | null;
  readonly textHash: string | null;
  /** Bytes of the body. */
  readonly contentLength: number | null;
  /** Characters of the Markdown. */
  readonly textLength: number | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly attempt: number;
  readonly durationMs: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly fetchedAt: Date;
}

/** A result that has no content. */
export const EMPTY_RESULT: Omit<FetchResult, 'documentId' | 'runId' | 'status' | 'attempt' | 'fetchedAt'> = {
  change: null,
  httpStatus: null,
  finalUri: null,
  canonicalUri: null,
  redirects: null,
  mimeType: null,
  charset: null,
  language: null,
  title: null,
  bytesHash: null,
  textHash: null,
  contentLength: null,
  textLength: null,
  etag: null,
  lastModified: null,
  metadata: null,
  durationMs: null,
  errorCode: null,
  errorMessage: null,
};
