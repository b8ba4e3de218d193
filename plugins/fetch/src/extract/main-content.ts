import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import type { PageScan } from './scan-page.ts';

export interface MainContent {
  /** The content as an HTML fragment. */
  readonly html: string;
  readonly extractor: 'readability' | 'body';
}

/** What surrounds a page's content, where its markup says so. */
const SURROUNDINGS = [
  'script',
  'style',
  'noscript',
  'template',
  'iframe',
  'form',
  'button',
  'input',
  'select',
  'textarea',
  'nav',
  'header',
  'footer',
  'aside',
  'dialog',
  '[role=navigation]',
  '[role=banner]',
  '[role=contentinfo]',
  '[role=complementary]',
  '[role=dialog]',
  '[role=search]',
  '[hidden]',
  '[aria-hidden=true]',
].join(',');

/** Readability tries its rules on every element several times: some seconds for more elements than this. */
const MAX_READABLE_ELEMENTS = 20_000;

/**
 * Finds the content of a page among its navigation and ornaments: by Readability, or, where that finds nothing or
 * would take too long, by leaving out what the markup names as surroundings.
 */
export function findMainContent(html: string, scan: PageScan): MainContent {
  if (scan.elementCount > MAX_READABLE_ELEMENTS) return { html: bodyContent(html, scan), extractor: 'body' };
  const article = new Readability(parsePage(html, scan), {
    // Code blocks name their language in a class.
    keepClasses: true,
    // Read already, with its sources.
    disableJSONLD: true,
  }).parse();
  if (article?.content && article.textContent?.trim()) return { html: article.content, extractor: 'readability' };
  return { html: bodyContent(html, scan), extractor: 'body' };
}

/**
 * A tree of the page. linkedom makes odd trees of what has no `<html>` or `<body>`, so that it always gets both, with
 * the page's content inside; of the head Readability needs the title alone.
 */
function parsePage(html: string, { bodyStart, title }: PageScan): ReturnType<typeof parseHTML>['document'] {
  const body = html.slice(bodyStart).replaceAll(/<\/?(?:html|body)(?:\s[^>]*)?>/gi, '');
  const head = `<title>${escapeText(title ?? '')}</title>`;
  return parseHTML(`<!doctype html><html><head>${head}</head><body>${body}</body></html>`).document;
}

function bodyContent(html: string, scan: PageScan): string {
  const document = parsePage(html, scan);
  for (const element of document.querySelectorAll(SURROUNDINGS)) {
    // An article's own header holds its heading.
    if (element.localName === 'header' && element.closest('main, article')) continue;
    element.remove();
  }
  const mains = document.querySelectorAll('main, [role=main]');
  const main = mains.length === 1 ? mains[0] : undefined;
  return main?.textContent?.trim() ? main.innerHTML : document.body.innerHTML;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
