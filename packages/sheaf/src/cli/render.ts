import type { Cell, Display, RecordDisplay, TableDisplay } from '@sheaf/core';
import type { Colors } from './colors.ts';

export interface RenderOptions {
  /** Characters across; Infinity where the output is no terminal. */
  readonly width: number;
  readonly colors: Colors;
}

/** Characters that a cut column keeps at least. */
const MIN_COLUMN = 8;
const GAP = '  ';

/** A tool's output as text for people. */
export function render(display: Display, options: RenderOptions): string {
  const { colors } = options;
  const lines: string[] = [];
  if (display.title) lines.push(colors.bold(display.title));
  if (display.kind === 'text') lines.push(display.text);
  else if (display.kind === 'record') lines.push(...renderRecord(display, options));
  else lines.push(...renderTable(display, options));
  for (const note of display.notes ?? []) lines.push(colors.dim(note));
  const next = display.next ?? [];
  if (next.length > 0) lines.push('', colors.dim('Next:'), ...next.map((command) => `  ${colors.cyan(command)}`));
  return `${lines.join('\n')}\n`;
}

function renderRecord({ fields }: RecordDisplay, { colors }: RenderOptions): string[] {
  const shown = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${colors.dim(name.padEnd(width))}${GAP}${textOf(value)}`);
}

function renderTable({ columns, rows }: TableDisplay, { width, colors }: RenderOptions): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => columns.map((_, index) => textOf(row[index])));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  fit(
    widths,
    columns.map((column) => column.shrink ?? 0),
    width,
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(cut(text, widths[index] ?? 0), widths[index] ?? 0, columns[index]?.align === 'right'))
      .join(GAP)
      .trimEnd();
  return [colors.dim(line(columns.map((column) => column.title))), ...cells.map(line)];
}

/** Narrows the columns that may shrink, those with the highest number first, until the table fits. */
function fit(widths: number[], shrink: readonly number[], width: number): void {
  const order = widths.map((_, index) => index).sort((a, b) => (shrink[b] ?? 0) - (shrink[a] ?? 0));
  let excess = widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1) - width;
  for (const index of order) {
    if (excess <= 0 || (shrink[index] ?? 0) === 0) return;
    const present = widths[index] ?? 0;
    const reduced = Math.max(Math.min(present, MIN_COLUMN), present - excess);
    widths[index] = reduced;
    excess -= present - reduced;
  }
}

function textOf(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString().replace('T', ' ').slice(0, 19);
  // Control characters of a page's title must not reach the terminal.
  return String(value).replaceAll(/\p{Cc}+/gu, ' ');
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    const step = displayWidth(character);
    if (used + step > width - 1) break;
    kept += character;
    used += step;
  }
  return `${kept}…`;
}

function pad(text: string, width: number, isRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? space + text : text + space;
}
