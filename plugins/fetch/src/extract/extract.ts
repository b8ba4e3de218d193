import type { Extracted, ExtractInput } from './extracted.ts';
import { withinTime } from './within-time.ts';

const DEFAULT_TIMEOUT_MS = 15_000;

/**
 * Takes the text of a document as Markdown, with its title and metadata. Depends on its input alone and touches nothing
 * outside, so that it can run anywhere.
 *
 * @throws OutOfTime for what is built to take for ever, and whatever a library makes of a damaged document.
 * @example
 * const bytes = new TextEncoder().encode('<h1>Hello</h1><p>This is a page.</p>');
 * const { markdown, title } = await extract({ bytes, format: 'html', url: 'https://example.com/' });
 */
export async function extract(input: ExtractInput): Promise<Extracted> {
  // Parsers and writers are only loaded by who extracts.
  switch (input.format) {
    case 'html': {
      const { extractHtml } = await import('./extract-html.ts');
      return withinTime(() => extractHtml(input), input.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    }
    case 'pdf':
      return (await import('./extract-pdf.ts')).extractPdf(input);
    default:
      return (await import('./extract-text.ts')).extractText(input);
  }
}
