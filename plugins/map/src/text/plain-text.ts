import { Parser } from 'htmlparser2';

/** The text of a piece of HTML, with single spaces. */
export function plainText(html: string): string {
  let text = '';
  const parser = new Parser({
    ontext(data) {
      text += data;
    },
  });
  parser.end(html);
  return singleSpaces(text);
}

export function singleSpaces(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
