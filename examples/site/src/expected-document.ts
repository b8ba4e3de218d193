import type { Change } from './scenario.ts';

/** The ways a map finds documents on the site. */
export type DiscoveryMethod = 'sitemap' | 'crawl' | 'feed';

/** What can have happened between two runs; `restamped` is a new nonce and build stamp, which every scenario has. */
export type ExpectedChange = Change | 'restamped';

/** The codes a failed or skipped fetch records. */
export type ExpectedErrorCode =
  | 'fetch.http-error'
  | 'fetch.unsupported-type'
  | 'web.body-too-large'
  | 'web.redirect-loop'
  | 'web.robots-denied'
  | 'web.timeout';

/** What is recorded of a document after a map and a fetch. A property that is absent is not prescribed. */
export interface ExpectedOutcome {
  readonly fetch: 'completed' | 'failed' | 'skipped';
  readonly errorCode?: ExpectedErrorCode;
  /** The status of the last answer of the latest run, 304 when a conditional request found nothing new. */
  readonly httpStatus?: number;
  /** The title, entities decoded; null when the document has none. */
  readonly title?: string | null;
  readonly mimeType?: string;
  /** The WHATWG name of the encoding the text was decoded from. */
  readonly charset?: string;
  /** Versions with content so far; a version that only notes a deletion does not count. */
  readonly versions: number;
  readonly isGone: boolean;
  /** Phrases of the main content, without markup and without a line break in the source. */
  readonly textIncludes: readonly string[];
  /** Phrases of earlier content or of what surrounds it. */
  readonly textExcludes: readonly string[];
}

/** Another URI of a document. */
export interface ExpectedAlias {
  readonly uri: string;
  /** How the document is known to have it. */
  readonly through: 'redirect' | 'canonical';
  readonly discoveredBy: readonly DiscoveryMethod[];
}

/** One row of the expected table: one resource of the site with one identity. */
export interface ExpectedDocument {
  /** The canonical URI. */
  readonly uri: string;
  readonly aliases: readonly ExpectedAlias[];
  /** The methods that find the document by its own URI, in whatever spelling. */
  readonly discoveredBy: readonly DiscoveryMethod[];
  /** For a crawl from the front page: the least number of links that lead here; a redirect is not a link. */
  readonly depth?: number;
  /** The server holds this page back by its `slowMs`. */
  readonly isSlow: boolean;
  /** After a first run on `initial`. */
  readonly first: ExpectedOutcome;
  /** After a second run, unless one of the changes below has happened in between. */
  readonly again: ExpectedOutcome;
  /** After a second run on a scenario with the change. */
  readonly when?: Partial<Record<ExpectedChange, ExpectedOutcome>>;
  /** The change by which a complete map with the method no longer finds the document. */
  readonly lostBy?: { readonly change: Change; readonly method: DiscoveryMethod };
}
