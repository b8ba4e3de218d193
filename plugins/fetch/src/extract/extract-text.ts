import { decodeBody } from '@sheaf/web';
import { collapse } from './collapse.ts';
import type { Extracted, ExtractInput } from './extracted.ts';
import { fencedBlock } from './markdown.ts';

/** Text that is Markdown, or nearly so, stays as it is; data becomes a code block of its language. */
export function extractText({ bytes, contentTypeHeader, format }: ExtractInput): Extracted {
  const { text, charset } = decodeBody(bytes, { contentTypeHeader });
  const isData = format === 'json' || format === 'xml' || format === 'csv';
  const title = format === 'markdown' ? titleOf(text) : null;
  return {
    markdown: isData && text.trim() !== '' ? fencedBlock(text, format) : text,
    title: title?.value ?? null,
    charset,
    metadata: { extractor: 'none', ...(title ? { title } : {}) },
  };
}

/** The title that the front matter names, or else the first heading of level one. */
function titleOf(markdown: string): { readonly value: string; readonly source: 'front-matter' | 'heading' } | null {
  const [frontMatter = ''] = /^---\r?\n[\s\S]*?\r?\n---(?:\r?\n|$)/.exec(markdown) ?? [];
  const [, named] = /^title:[ \t]*(.+?)[ \t]*\r?$/m.exec(frontMatter) ?? [];
  const fromFrontMatter = collapse(named?.replace(/^(["'])(.*)\1$/, '$2'));
  if (fromFrontMatter !== null) return { value: fromFrontMatter, source: 'front-matter' };
  let fence: string | undefined;
  for (const line of markdown.slice(frontMatter.length).split(/\r?\n/)) {
    const [, mark] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? [];
    if (mark && fence === undefined) fence = mark;
    else if (mark && fence !== undefined && mark.startsWith(fence)) fence = undefined;
    const [, heading] = fence === undefined ? (/^ {0,3}#[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line) ?? []) : [];
    const value = collapse(heading);
    if (value !== null) return { value, source: 'heading' };
  }
  return null;
}
