import { decodeBody } from '@sheaf/web';
import type { Extracted, ExtractInput } from './extracted.ts';
import { findMainContent } from './main-content.ts';
import { htmlToMarkdown, paragraphsToMarkdown } from './markdown.ts';
import { plainParagraphs } from './plain-text.ts';
import { readMetadata } from './read-metadata.ts';
import { type PageScan, scanPage } from './scan-page.ts';

/** Beyond this nesting, algorithms that call themselves for each level run out of stack. */
const MAX_DEPTH = 400;
/** Beyond this many characters, a tree would take a hundred times as much memory. */
const MAX_CHARACTERS = 4_000_000;
/** Beyond this many elements, finding the main content would hold up everything else for seconds. */
const MAX_ELEMENTS = 60_000;

/** Takes the main content of an HTML page as Markdown, with what the page says about itself. */
export function extractHtml({ bytes, contentTypeHeader, url }: ExtractInput): Extracted {
  const { text: html, charset } = decodeBody(bytes, { contentTypeHeader });
  const scan = scanPage(html);
  const baseUrl = resolveBase(scan.baseHref, url);
  const { markdown, extractor } = toMarkdown(html, scan, baseUrl);
  return {
    markdown,
    title: scan.title ?? scan.heading,
    charset,
    metadata: { extractor, ...readMetadata(scan, baseUrl) },
  };
}

function toMarkdown(
  html: string,
  scan: PageScan,
  baseUrl: string,
): { readonly markdown: string; readonly extractor: string } {
  if (scan.depth > MAX_DEPTH || scan.elementCount > MAX_ELEMENTS || html.length > MAX_CHARACTERS) {
    return { markdown: paragraphsToMarkdown(plainParagraphs(html)), extractor: 'plain-text' };
  }
  const content = findMainContent(html, scan);
  const isEmpty = content.html.trim() === '';
  const heading = isEmpty ? null : scan.heading;
  return { markdown: htmlToMarkdown(content.html, { baseUrl, heading }), extractor: content.extractor };
}

function resolveBase(baseHref: string | null, url: string): string {
  if (baseHref === null) return url;
  try {
    const base = new URL(baseHref, url);
    // HTML ignores a base of these schemes.
    return base.protocol === 'data:' || base.protocol === 'javascript:' ? url : base.href;
  } catch {
    return url;
  }
}
