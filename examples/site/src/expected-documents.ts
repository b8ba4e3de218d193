import { expectedTable } from './expected.ts';
import type { DiscoveryMethod, ExpectedChange, ExpectedDocument, ExpectedOutcome } from './expected-document.ts';
import { failedFetch } from './expected-rows.ts';
import { type ScenarioName, scenarios } from './scenario.ts';

/** Which part of the expected table is asked for. */
export interface ExpectedDocumentsOptions {
  /** The methods of the map. Default: all. */
  readonly methods?: readonly DiscoveryMethod[];
  /**
   * The scenario of a second map and fetch of everything, after a first one on `initial`. Default: there was only the
   * first.
   */
  readonly secondRun?: ScenarioName;
  /** Whether `slowMs` is beyond the patience of the client, in all runs. Default false. */
  readonly areSlowPagesTimedOut?: boolean;
}

/** A document as it must stand after the runs. */
export interface ExpectedRecord extends ExpectedOutcome {
  /** The canonical URI. */
  readonly uri: string;
  /** Its other URIs, sorted. */
  readonly aliases: readonly string[];
  /** The methods, of those asked for, that have ever found it by its own URI; none if only by an alias. */
  readonly discoveredBy: readonly DiscoveryMethod[];
  /** Those of `discoveredBy` that no longer find it. */
  readonly lostBy: readonly DiscoveryMethod[];
  readonly depth?: number;
}

/** The documents that exist after the runs, sorted by URI. */
export function expectedDocuments(options: ExpectedDocumentsOptions = {}): ExpectedRecord[] {
  const methods = options.methods ?? ['sitemap', 'crawl', 'feed'];
  const isAsked = (method: DiscoveryMethod): boolean => methods.includes(method);
  return expectedTable
    .map((row) => {
      const aliases = row.aliases.filter((alias) => alias.discoveredBy.some(isAsked)).map((alias) => alias.uri);
      const discoveredBy = row.discoveredBy.filter(isAsked);
      const lostBy = methodsThatLost(row, options).filter(isAsked);
      const depth = isAsked('crawl') && row.depth !== undefined ? { depth: row.depth } : {};
      return { uri: row.uri, aliases: aliases.sort(), discoveredBy, lostBy, ...depth, ...outcomeOf(row, options) };
    })
    .filter((record) => record.discoveredBy.length > 0 || record.aliases.length > 0)
    .sort((left, right) => (left.uri < right.uri ? -1 : 1));
}

function outcomeOf(row: ExpectedDocument, options: ExpectedDocumentsOptions): ExpectedOutcome {
  if (row.isSlow && options.areSlowPagesTimedOut) return failedFetch({ errorCode: 'web.timeout' });
  if (!options.secondRun) return row.first;
  if (isLost(row, options)) return goneFromItsSources(row.first);
  for (const change of changesUntil(options.secondRun)) {
    const outcome = row.when?.[change];
    if (outcome) return outcome;
  }
  return row.again;
}

// Every scenario but the first has a build stamp of its own beside its changes.
function changesUntil(scenario: ScenarioName): readonly ExpectedChange[] {
  return scenario === 'initial' ? [] : [...scenarios[scenario].changes, 'restamped'];
}

/**
 * What no source names any more is gone, and is not asked for again: the first answer stays its last. Its present state
 * has no content; that of the version before is kept.
 */
function goneFromItsSources({ mimeType: _, charset: __, ...first }: ExpectedOutcome): ExpectedOutcome {
  return { ...first, isGone: true, textIncludes: [], textExcludes: [] };
}

/** Whether every method that was asked for and had found the document has lost it. */
function isLost(row: ExpectedDocument, options: ExpectedDocumentsOptions): boolean {
  const methods = options.methods ?? ['sitemap', 'crawl', 'feed'];
  const lostBy = methodsThatLost(row, options);
  const finders = row.discoveredBy.filter((method) => methods.includes(method));
  return finders.length > 0 && finders.every((method) => lostBy.includes(method));
}

function methodsThatLost(row: ExpectedDocument, options: ExpectedDocumentsOptions): DiscoveryMethod[] {
  if (!row.lostBy || !options.secondRun) return [];
  return scenarios[options.secondRun].changes.includes(row.lostBy.change) ? [row.lostBy.method] : [];
}
