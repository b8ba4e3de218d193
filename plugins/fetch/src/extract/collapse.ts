import { cleanText } from '@sheaf/core';

/** Text on one line: white space collapsed as HTML shows it, and cut; null when nothing is left. */
export function collapse(text: string | null | undefined, maxLength = 1_000): string | null {
  const line = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  return line === '' ? null : cleanText(line, maxLength);
}
