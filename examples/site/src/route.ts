import type { Charset } from './legacy-encoding.ts';
import { type HostName, OTHER_HOST, SITE_HOST } from './origins.ts';
import type { Change, Scenario } from './scenario.ts';

/** A link in the words and the spelling of the page that has it. */
export interface Link {
  readonly text: string;
  readonly href: string;
}

/** Which of the two validators of RFC 9110 an answer carries; with any of them a repeated request can end in 304. */
export type Validators = 'both' | 'etag' | 'weak-etag' | 'last-modified' | 'neither';

/** An HTML page, described by what is on it. */
export interface PageAnswer {
  readonly kind: 'page';
  /** Both `<title>` and `<h1>`; null for a page that has neither. */
  readonly title: string | null;
  /** The article as HTML, without its `<h1>`. */
  readonly body: string;
  /** Listed at the end of the article, each `href` as written here. */
  readonly links?: readonly Link[];
  /** `noisy` surrounds the article with what must not count as content; `print` has the article alone. Default standard. */
  readonly layout?: 'standard' | 'noisy' | 'print';
  /** Default `en`. */
  readonly language?: string;
  /** The `href` of `<link rel="canonical">`. Default: none. */
  readonly canonical?: string;
  /** The `href` of `<base>`. Default: none. */
  readonly base?: string;
  readonly isNoindex?: boolean;
  /** Default `utf-8`. */
  readonly charset?: Charset;
  /** Where the charset is said. Default both. */
  readonly charsetIn?: 'both' | 'header' | 'meta';
  /** An ISO day; midnight UTC of it is the Last-Modified. */
  readonly modified: string;
  /** Default both. */
  readonly validators?: Validators;
  /** What the server's `slowMs` holds back: everything, or the second half of the body. Default: nothing. */
  readonly delay?: 'headers' | 'body';
  /** Sent with `Content-Encoding: gzip` to a client that accepts it. */
  readonly isCompressed?: boolean;
}

/** A redirect; `location` is sent as written, relative or absolute. */
export interface RedirectAnswer {
  readonly kind: 'redirect';
  readonly status: 301 | 302;
  readonly location: string;
}

/** An error page. */
export interface FailureAnswer {
  readonly kind: 'failure';
  readonly status: 404 | 410 | 429 | 500;
  /** The Retry-After header, in seconds. */
  readonly retryAfter?: number;
}

/** Bytes that are not a page of the site's layout: robots.txt, sitemaps, feeds, downloads. */
export interface FileAnswer {
  readonly kind: 'file';
  readonly contentType: string;
  readonly content: (scenario: Scenario) => string | Uint8Array;
  readonly modified: string;
  readonly validators?: Validators;
}

/** An HTML page too large to take in, streamed without a Content-Length. */
export interface FloodAnswer {
  readonly kind: 'flood';
  /** The size of the body in bytes, after decompression. */
  readonly size: number;
  /** Sent with `Content-Encoding: gzip` to a client that accepts it: small on the wire, huge when unpacked. */
  readonly isCompressed?: boolean;
}

export type Answer = PageAnswer | RedirectAnswer | FailureAnswer | FileAnswer | FloodAnswer;

/** One URL the server knows, and what it answers there. */
export interface Route {
  readonly host: HostName;
  /** Path and query in canonical spelling; the server also finds it under others. */
  readonly path: string;
  readonly answer: Answer;
  /** What it answers instead once a change has happened. */
  readonly when?: Partial<Record<Change, Answer>>;
}

/** The route's answer in a scenario. */
export function answerIn(route: Route, scenario: Scenario): Answer {
  for (const change of scenario.changes) {
    const answer = route.when?.[change];
    if (answer) return answer;
  }
  return route.answer;
}

/** A page of the site as a route. */
export function sitePage(path: string, page: Omit<PageAnswer, 'kind'>, when?: Route['when']): Route {
  return siteRoute(path, { kind: 'page', ...page }, when);
}

/** Any answer of the site as a route. */
export function siteRoute(path: string, answer: Answer, when?: Route['when']): Route {
  return when ? { host: SITE_HOST, path, answer, when } : { host: SITE_HOST, path, answer };
}

/** Any answer of the neighbour as a route. */
export function otherRoute(path: string, answer: Answer): Route {
  return { host: OTHER_HOST, path, answer };
}
