import { Parser } from 'htmlparser2';
import { collapse } from './collapse.ts';

/** What one streaming pass over an HTML page finds, before a tree is built. */
export interface PageScan {
  /** The offset at which the content starts, after the head. */
  readonly bodyStart: number;
  /** The text of `<title>`. */
  readonly title: string | null;
  /** The text of the `<h1>` that names the page: the first in the main part, or else the first outside navigation. */
  readonly heading: string | null;
  /** The `lang` of the root. */
  readonly language: string | null;
  readonly baseHref: string | null;
  readonly canonicalHref: string | null;
  /** The contents of `<meta>`, by name or property in lower case; several values in their order. */
  readonly meta: ReadonlyMap<string, readonly string[]>;
  /** The texts of the JSON-LD scripts. */
  readonly jsonLd: readonly string[];
  readonly elementCount: number;
  /** The deepest nesting of elements. */
  readonly depth: number;
}

const HEAD_TAGS: ReadonlySet<string> = new Set([
  'html',
  'head',
  'title',
  'meta',
  'link',
  'script',
  'style',
  'base',
  'noscript',
  'template',
]);

/** Elements whose heading is not the page's. */
const ASIDE_TAGS: ReadonlySet<string> = new Set(['nav', 'aside', 'footer', 'dialog', 'template']);

const MAX_JSON_LD = 20;

/**
 * Reads what a page says about itself, and how large a tree it would make, in one pass that needs no tree. A canonical
 * link counts in the head alone: what readers wrote in the body may hold anything.
 */
export function scanPage(html: string): PageScan {
  const meta = new Map<string, string[]>();
  const jsonLd: string[] = [];
  const open: string[] = [];
  let bodyStart: number | undefined;
  let title: string | undefined;
  let language: string | undefined;
  let baseHref: string | undefined;
  let canonicalHref: string | undefined;
  let mainHeading: string | undefined;
  let firstHeading: string | undefined;
  let inert = 0;
  let elementCount = 0;
  let depth = 0;
  let collecting: { readonly tag: 'title' | 'h1' | 'json-ld'; text: string } | undefined;

  const isIn = (tags: (tag: string) => boolean): boolean => open.some(tags);
  const startBody = (): void => {
    bodyStart ??= parser.startIndex;
  };
  const readLinks = (tag: string, attributes: Readonly<Record<string, string>>): void => {
    if (tag === 'title' && title === undefined && inert === 0) collecting = { tag: 'title', text: '' };
    if (tag === 'base') baseHref ??= attributes.href;
    if (tag === 'link' && bodyStart === undefined && hasWord(attributes.rel, 'canonical')) {
      canonicalHref ??= attributes.href?.trim() || undefined;
    }
  };
  const endCollecting = (): void => {
    const text = collecting?.text ?? '';
    if (collecting?.tag === 'title') title ??= text;
    if (collecting?.tag === 'json-ld' && jsonLd.length < MAX_JSON_LD) jsonLd.push(text);
    if (collecting?.tag === 'h1' && withoutMarks(text) !== null) {
      if (isIn((tag) => tag === 'main' || tag === 'article')) mainHeading ??= text;
      if (!isIn((tag) => ASIDE_TAGS.has(tag))) firstHeading ??= text;
    }
    collecting = undefined;
  };

  const parser = new Parser({
    onopentag(tag, attributes) {
      elementCount += 1;
      if (tag === 'html') language ??= attributes.lang ?? attributes['xml:lang'];
      if (!HEAD_TAGS.has(tag) && inert === 0) startBody();
      readLinks(tag, attributes);
      if (tag === 'meta') readMeta(attributes, meta);
      if (tag === 'script' && /^application\/ld\+json\b/i.test(attributes.type?.trim() ?? '')) {
        collecting = { tag: 'json-ld', text: '' };
      }
      if (tag === 'h1') collecting = { tag: 'h1', text: '' };
      open.push(tag);
      if (isInert(tag)) inert += 1;
      depth = Math.max(depth, open.length);
    },
    ontext(text) {
      if (collecting) collecting.text += text;
      // Text that belongs to no element of the head ends it.
      if (bodyStart === undefined && /\S/.test(text) && (open.length === 0 || isContainer(open.at(-1)))) startBody();
    },
    onclosetag(tag) {
      const position = open.lastIndexOf(tag);
      if (position !== -1) inert -= open.splice(position).filter(isInert).length;
      if (tag === collecting?.tag || (tag === 'script' && collecting?.tag === 'json-ld')) endCollecting();
      if (tag === 'head') startAfterHead();
    },
  });
  const startAfterHead = (): void => {
    bodyStart ??= parser.endIndex + 1;
  };
  parser.end(html);
  endCollecting();

  return {
    bodyStart: bodyStart ?? html.length,
    title: collapse(title),
    heading: withoutMarks(mainHeading ?? firstHeading),
    language: collapse(language, 35),
    baseHref: baseHref?.trim() || null,
    canonicalHref: canonicalHref ?? null,
    meta,
    jsonLd,
    elementCount,
    depth,
  };
}

function readMeta(attributes: Readonly<Record<string, string>>, meta: Map<string, string[]>): void {
  const name = (attributes.property ?? attributes.name ?? attributes.itemprop ?? attributes['http-equiv'])?.trim();
  const { content } = attributes;
  if (!name || content === undefined) return;
  const values = meta.get(name.toLowerCase());
  if (values) values.push(content);
  else meta.set(name.toLowerCase(), [content]);
}

/** What stands inside is no part of the page, or (the title of a drawing) not what it seems. */
function isInert(tag: string): boolean {
  return tag === 'noscript' || tag === 'template' || tag === 'svg';
}

/** A heading without the marks that documentation generators make links to it of. */
function withoutMarks(heading: string | undefined): string | null {
  return collapse(heading?.replace(/^\s*#\s+/, '').replace(/(?:[\s¶§🔗\u{200b}]+|\s+#\s*)$/u, ''));
}

function hasWord(list: string | undefined, word: string): boolean {
  return (list ?? '').toLowerCase().split(/\s+/).includes(word);
}

function isContainer(tag: string | undefined): boolean {
  return tag === 'html' || tag === 'head';
}
