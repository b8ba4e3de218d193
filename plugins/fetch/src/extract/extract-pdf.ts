import { collapse } from './collapse.ts';
import { pdfDate } from './dates.ts';
import type { DocumentMetadata, Extracted, ExtractInput, Sourced } from './extracted.ts';
import { paragraphsToMarkdown } from './markdown.ts';
import { languageTag } from './read-metadata.ts';

/** Takes the text of a PDF, page by page. Tables come as their text; what is only pictures (scans) has none. */
export async function extractPdf({ bytes }: ExtractInput): Promise<Extracted> {
  // A large library that most runs never need.
  const { getDocumentProxy } = await import('unpdf');
  // It takes over the buffer that it is given; the bytes are still to be stored.
  const pdf = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
  try {
    const { info } = await pdf.getMetadata();
    const paragraphs: string[] = [];
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number);
      const { items } = await page.getTextContent();
      paragraphs.push(...pageParagraphs(joinItems(items.filter((item) => 'str' in item))));
      page.cleanup();
    }
    const metadata = readInfo(info as Readonly<Record<string, unknown>>, pdf.numPages);
    return {
      markdown: paragraphsToMarkdown(paragraphs),
      title: metadata.title?.value ?? null,
      charset: null,
      metadata,
    };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

/** A piece of text on a page. */
interface TextItem {
  readonly str: string;
  readonly hasEOL: boolean;
  /** The last number is the height of the base line above the page's foot. */
  readonly transform: readonly number[];
  readonly height: number;
}

/** Lines further apart than this, in heights of the type, begin a paragraph. */
const PARAGRAPH_GAP = 1.8;

/** The text of a page in lines, with a blank one where the page has a gap. */
function joinItems(items: readonly TextItem[]): string {
  let text = '';
  let previous: number | undefined;
  for (const { str, hasEOL, transform, height } of items) {
    const baseLine = transform[5] ?? 0;
    const isGap = previous !== undefined && height > 0 && previous - baseLine > PARAGRAPH_GAP * height;
    text += `${isGap && str !== '' ? '\n\n' : ''}${str}${hasEOL ? '\n' : ''}`;
    if (str.trim() !== '') previous = baseLine;
  }
  return text;
}

/** Lines apart by a blank one are paragraphs; words that the line's end divided are joined. */
function pageParagraphs(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .replaceAll(/(\p{L})-\n(\p{Ll})/gu, '$1$2')
        .replaceAll(/[ \t]+/g, ' ')
        .replaceAll(/ *\n */g, '\n')
        .trim(),
    )
    .filter((paragraph) => paragraph !== '');
}

function readInfo(info: Readonly<Record<string, unknown>>, pageCount: number): DocumentMetadata {
  const text = (name: string): string | null => {
    const value = info[name];
    return typeof value === 'string' ? collapse(value) : null;
  };
  const ofPdf = <Value>(value: Value): Sourced<Value> => ({ value, source: 'pdf' });
  const title = text('Title');
  const author = text('Author');
  const description = text('Subject');
  const publishedAt = pdfDate(text('CreationDate') ?? '');
  const modifiedAt = pdfDate(text('ModDate') ?? '');
  const language = languageTag(text('Language'));
  return {
    extractor: 'pdf',
    pageCount: ofPdf(pageCount),
    ...(title === null ? {} : { title: ofPdf(title) }),
    ...(author === null ? {} : { authors: ofPdf([author]) }),
    ...(description === null ? {} : { description: ofPdf(description) }),
    ...(publishedAt === undefined ? {} : { publishedAt: ofPdf(publishedAt) }),
    ...(modifiedAt === undefined ? {} : { modifiedAt: ofPdf(modifiedAt) }),
    ...(language === undefined ? {} : { language: ofPdf(language) }),
  };
}
