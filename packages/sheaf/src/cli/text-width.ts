import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: two for wide characters and emoji, none for what combines, nor for colours. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** Cuts a text, without colours, to a number of columns; what was cut ends in "…". Never cuts within a character. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    used += textWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return width > 0 ? `${kept.trimEnd()}…` : '';
}

/** Fills a text up with spaces. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/** The characters that move the cursor, break the line, or turn the order of writing around. */
const CONTROLS = '\\p{Cc}\\p{Zl}\\p{Zp}\\u202a-\\u202e\\u2066-\\u2069';
const RUNS_OF_CONTROLS = new RegExp(`[${CONTROLS}]+`, 'gu');
const CONTROLS_WITHIN_LINES = new RegExp(`(?![\\n\\t])[${CONTROLS}]`, 'gu');

/** One line without control characters: those of a page's title must not reach the terminal. */
export function printable(text: string): string {
  return text.replaceAll(RUNS_OF_CONTROLS, ' ');
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.replaceAll(CONTROLS_WITHIN_LINES, '');
}
