import { digestOf } from '@sheaf/core';
import type { ExtractInput, Extracted } from './extracted.ts';
import { extractHtml } from './extract-html.ts';
import { extractPdf } from './extract-pdf.ts';
import { extractText } from './extract-text.ts';

/** Says which way of extracting made an artifact. Raise the version whenever equal bytes would give another text. */
export const EXTRACTOR: { readonly name: string; readonly version: number } = { name: 'sheaf-fetch', version: 1 };

/** The digest of the extractor's name, version and settings. */
export const EXTRACTOR_CONFIG_HASH: string = digestOf({ ...EXTRACTOR, options: {} });

/**
 * Takes the text of a document as Markdown, with its title and metadata. Depends on its input alone and touches nothing
 * outside, so that it can run anywhere.
 *
 * @throws whatever a library makes of a damaged document.
 */
export async function extract(input: ExtractInput): Promise<Extracted> {
  switch (input.format) {
    case 'html':
      return extractHtml(input);
    case 'pdf':
      return extractPdf(input);
    default:
      return extractText(input);
  }
}
