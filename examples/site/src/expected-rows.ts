import type {
  DiscoveryMethod,
  ExpectedAlias,
  ExpectedDocument,
  ExpectedErrorCode,
  ExpectedOutcome,
} from './expected-document.ts';
import { SITE_ORIGIN } from './origins.ts';

/** What every kind of row says. */
export interface ExpectedRow {
  readonly by: readonly DiscoveryMethod[];
  readonly depth?: number;
  readonly aliases?: readonly ExpectedAlias[];
  readonly lostBy?: ExpectedDocument['lostBy'];
  readonly when?: ExpectedDocument['when'];
}

/** What a row about a page says beyond that. */
export interface ExpectedPageRow extends ExpectedRow {
  readonly title: string | null;
  readonly text?: readonly string[];
  readonly notText?: readonly string[];
  /** Default `utf-8`. */
  readonly charset?: string;
  /** The status of a repeated request. Default 304. */
  readonly again?: 200 | 304;
  readonly isSlow?: boolean;
}

/** A page that is read; a second run that finds it as it was makes no version. */
export function pageRow(path: string, row: ExpectedPageRow): ExpectedDocument {
  const first = readPage(row);
  const again = { ...first, httpStatus: row.again ?? 304 };
  return { ...documentRow(path, row, first, again), isSlow: row.isSlow ?? false };
}

/** A file that is not HTML and is taken in. */
export function fileRow(path: string, row: ExpectedRow & { readonly mimeType: string }): ExpectedDocument {
  const first: ExpectedOutcome = {
    ...unread,
    fetch: 'completed',
    httpStatus: 200,
    mimeType: row.mimeType,
    versions: 1,
  };
  return documentRow(path, row, first, { ...first, httpStatus: 304 });
}

/** A URL that cannot be read, in either run. */
export function failedRow(path: string, row: ExpectedRow & Omit<FailedFetch, 'versions'>): ExpectedDocument {
  const outcome = failedFetch({ errorCode: row.errorCode, ...(row.httpStatus ? { httpStatus: row.httpStatus } : {}) });
  return documentRow(path, row, outcome, outcome);
}

/** A URL that is known but must not be asked for. */
export function deniedRow(path: string, row: ExpectedRow): ExpectedDocument {
  const outcome: ExpectedOutcome = { ...unread, fetch: 'skipped', errorCode: 'web.robots-denied' };
  return documentRow(path, row, outcome, outcome);
}

/** The outcome of a page that was read. */
export function readPage(page: {
  readonly title: string | null;
  readonly text?: readonly string[];
  readonly notText?: readonly string[];
  readonly charset?: string;
  readonly versions?: number;
}): ExpectedOutcome {
  return {
    fetch: 'completed',
    httpStatus: 200,
    title: page.title,
    mimeType: 'text/html',
    charset: page.charset ?? 'utf-8',
    versions: page.versions ?? 1,
    isGone: false,
    textIncludes: page.text ?? [],
    textExcludes: page.notText ?? [],
  };
}

/** Why a fetch failed. */
export interface FailedFetch {
  readonly errorCode: ExpectedErrorCode;
  readonly httpStatus?: number;
  /** From an earlier run. Default 0. */
  readonly versions?: number;
}

/** The outcome of a fetch that failed; a document that answers 404 or 410 is gone. */
export function failedFetch(failure: FailedFetch): ExpectedOutcome {
  const isGone = failure.httpStatus === 404 || failure.httpStatus === 410;
  return { ...unread, fetch: 'failed', isGone, ...failure };
}

/** An alias that a same-host redirect shows. */
export function redirected(path: string, discoveredBy: readonly DiscoveryMethod[]): ExpectedAlias {
  return { uri: SITE_ORIGIN + path, through: 'redirect', discoveredBy };
}

/** An alias that a same-host `rel=canonical` shows. */
export function canonicalised(path: string, discoveredBy: readonly DiscoveryMethod[]): ExpectedAlias {
  return { uri: SITE_ORIGIN + path, through: 'canonical', discoveredBy };
}

const unread = { versions: 0, isGone: false, textIncludes: [], textExcludes: [] } as const;

function documentRow(path: string, row: ExpectedRow, first: ExpectedOutcome, again: ExpectedOutcome): ExpectedDocument {
  return {
    uri: SITE_ORIGIN + path,
    aliases: row.aliases ?? [],
    discoveredBy: row.by,
    isSlow: false,
    first,
    again,
    ...(row.depth === undefined ? {} : { depth: row.depth }),
    ...(row.when ? { when: row.when } : {}),
    ...(row.lostBy ? { lostBy: row.lostBy } : {}),
  };
}
