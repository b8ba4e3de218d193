import type { Redirect } from '@sheaf/web';

/** What came back for an address, from the web or from a file. */
export interface Retrieved {
  /** Of the web's answer; a file that is there counts as 200, one that has not changed as 304. */
  readonly status: number;
  readonly isFile: boolean;
  readonly bytes: Uint8Array;
  /** The address that answered. */
  readonly finalUrl: string;
  readonly redirects: readonly Redirect[];
  readonly contentType: string | undefined;
  readonly contentTypeHeader: string | undefined;
  /** As the header claims, in lower case. */
  readonly charset: string | undefined;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Milliseconds until the site wants to be asked again. */
  readonly retryAfterMs: number | undefined;
  readonly fetchedAt: Date;
  readonly durationMs: number;
}

/** What tells whether the copy at hand is current. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface RetrieveOptions {
  readonly url: string;
  /** Of the copy at hand; absent: the content is wanted whatever it is. */
  readonly validators?: Validators | undefined;
  readonly maxBodyBytes: number | undefined;
  readonly signal: AbortSignal;
}
