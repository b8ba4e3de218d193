import type { Extracted, ExtractInput } from './extracted.ts';

/**
 * Takes the text of a document as Markdown, with its title and metadata. Depends on its input alone and touches nothing
 * outside, so that it can run anywhere.
 *
 * @throws whatever a library makes of a damaged document.
 * @example
 * const bytes = new TextEncoder().encode('<h1>Hello</h1><p>This is a page.</p>');
 * const { markdown, title } = await extract({ bytes, format: 'html', url: 'https://example.com/' });
 */
export async function extract(input: ExtractInput): Promise<Extracted> {
  // Parsers and writers are only loaded by who extracts.
  switch (input.format) {
    case 'html':
      return (await import('./extract-html.ts')).extractHtml(input);
    case 'pdf':
      return (await import('./extract-pdf.ts')).extractPdf(input);
    default:
      return (await import('./extract-text.ts')).extractText(input);
  }
}
