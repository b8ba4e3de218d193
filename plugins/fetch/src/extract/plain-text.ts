import { Parser } from 'htmlparser2';

const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br dd details div dl dt fieldset figcaption figure footer form ' +
    'h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section summary table td th tr ul'
  ).split(' '),
);
const UNREAD: ReadonlySet<string> = new Set(['script', 'style', 'noscript', 'template', 'title', 'svg', 'select']);

/**
 * The text of a page in paragraphs, by one streaming pass: for pages whose tree would be too deep or too large to be
 * worked on.
 */
export function plainParagraphs(html: string): readonly string[] {
  const paragraphs: string[] = [];
  let current = '';
  let unread = 0;
  const endParagraph = (): void => {
    const text = current.replaceAll(/\s+/g, ' ').trim();
    if (text !== '') paragraphs.push(text);
    current = '';
  };
  const parser = new Parser({
    onopentag(tag) {
      if (UNREAD.has(tag)) unread += 1;
      if (BLOCKS.has(tag)) endParagraph();
    },
    ontext(text) {
      if (unread === 0) current += text;
    },
    onclosetag(tag) {
      if (UNREAD.has(tag)) unread -= 1;
      if (BLOCKS.has(tag)) endParagraph();
    },
  });
  parser.end(html);
  endParagraph();
  return paragraphs;
}
