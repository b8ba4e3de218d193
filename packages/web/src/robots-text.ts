import { normalizeEscapes } from './percent-encoding.ts';

/** A run of `User-agent` lines and what follows it. */
export interface RobotsGroup {
  /** Product tokens in lower case, or `*`. */
  readonly agents: ReadonlySet<string>;
  readonly rules: readonly RobotsRule[];
  readonly crawlDelaySeconds: number | undefined;
}

export interface RobotsRule {
  readonly pattern: string;
  readonly allows: boolean;
}

export interface RobotsText {
  readonly groups: readonly RobotsGroup[];
  /** As written, in their order. */
  readonly sitemaps: readonly string[];
}

type Field = 'user-agent' | 'allow' | 'disallow' | 'crawl-delay' | 'sitemap';

/** The fields that count, with the misspellings that Google's parser accepts too. */
const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ['user-agent', 'user-agent'],
  ['useragent', 'user-agent'],
  ['user agent', 'user-agent'],
  ['allow', 'allow'],
  ['disallow', 'disallow'],
  ['dissallow', 'disallow'],
  ['dissalow', 'disallow'],
  ['disalow', 'disallow'],
  ['diasllow', 'disallow'],
  ['disallaw', 'disallow'],
  ['crawl-delay', 'crawl-delay'],
  ['sitemap', 'sitemap'],
  ['site-map', 'sitemap'],
]);

/** Google's limit, in characters; what a line has beyond it is ignored. */
const MAX_LINE_LENGTH = 2083 * 8 - 1;

/**
 * Reads the lines of a robots.txt by RFC 9309. Neither a sitemap nor an unknown line ends a list of user agents; rules
 * before the first user agent are ignored.
 */
export function readRobotsText(text: string): RobotsText {
  const groups: { agents: Set<string>; rules: RobotsRule[]; crawlDelaySeconds: number | undefined }[] = [];
  const sitemaps: string[] = [];
  let isNamingAgents = false;
  for (const { field, value } of readLines(text)) {
    if (field === 'sitemap') {
      if (value) sitemaps.push(value);
      continue;
    }
    if (field === 'user-agent') {
      if (!isNamingAgents) groups.push({ agents: new Set(), rules: [], crawlDelaySeconds: undefined });
      groups.at(-1)?.agents.add(productToken(value).toLowerCase());
      isNamingAgents = true;
      continue;
    }
    isNamingAgents = false;
    const group = groups.at(-1);
    if (group === undefined) continue;
    if (field === 'crawl-delay') group.crawlDelaySeconds = readSeconds(value) ?? group.crawlDelaySeconds;
    // A rule without a path has no effect.
    else if (value) group.rules.push({ pattern: normalizePattern(value), allows: field === 'allow' });
  }
  return { groups, sitemaps };
}

/**
 * What the file says to one crawler, as one group: all that name it, or else all of `*`. The strongest rule is first:
 * the longest pattern, and of equal ones that which allows. A group without rules counts; it allows all.
 */
export function groupFor(groups: readonly RobotsGroup[], userAgent: string): Omit<RobotsGroup, 'agents'> {
  const token = productToken(userAgent).toLowerCase() || '*';
  const named = groups.filter(({ agents }) => agents.has(token));
  const chosen = named.length > 0 ? named : groups.filter(({ agents }) => agents.has('*'));
  return {
    rules: chosen.flatMap(({ rules }) => rules).sort(byStrength),
    crawlDelaySeconds: chosen.reduce<number | undefined>(
      (longest, { crawlDelaySeconds: seconds }) =>
        seconds === undefined ? longest : Math.max(seconds, longest ?? seconds),
      undefined,
    ),
  };
}

/** The name by which robots.txt addresses a crawler: `Sheaf` of `Sheaf/1.2 (+https://…)`. Empty when there is none. */
export function productToken(userAgent: string): string {
  return /^\s*(\*(?=\s|$)|[\w.-]+)/.exec(userAgent)?.[1] ?? '';
}

/** The spelling in which patterns and paths are compared; `'` is escaped because `URL` does so in a query. */
export function normalizePattern(pattern: string): string {
  return normalizeEscapes(pattern).replaceAll("'", '%27');
}

/**
 * Whether a pattern matches the start of a path; `*` stands for anything and a final `$` for the path's end. Taking the
 * first place where each part fits is enough, so that no pattern makes this slow.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith('$');
  const [start = '', ...parts] = (isWhole ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(start)) return false;
  const end = isWhole ? parts.pop() : '';
  if (end === undefined) return path.length === start.length;
  let position = start.length;
  for (const part of parts) {
    const found = path.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return path.length - end.length >= position && path.endsWith(end);
}

function readSeconds(value: string): number | undefined {
  const seconds = Number.parseFloat(value);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

function byStrength(a: RobotsRule, b: RobotsRule): number {
  return b.pattern.length - a.pattern.length || Number(b.allows) - Number(a.allows);
}

function* readLines(text: string): Generator<{ readonly field: Field; readonly value: string }> {
  for (const rawLine of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const line = (rawLine.slice(0, MAX_LINE_LENGTH).split('#', 1)[0] ?? '').trim();
    const colon = line.indexOf(':');
    // Without a colon, a name and one value count as meant: `disallow /private`.
    const [name = '', value = ''] =
      colon < 0 ? (/^(\S+)\s+(\S+)$/.exec(line)?.slice(1) ?? []) : [line.slice(0, colon), line.slice(colon + 1)];
    const field = FIELDS.get(name.trim().toLowerCase());
    if (field !== undefined) yield { field, value: value.trim() };
  }
}
