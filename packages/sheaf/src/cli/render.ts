import type { Display, RecordDisplay } from '@sheaf/core';
import { cellText } from './cell-text.ts';
import { type RenderOptions, renderTable } from './render-table.ts';
import { printable, printableLines } from './text-width.ts';

/** A tool's output as text for people. */
export function render(display: Display, options: RenderOptions): string {
  const { colors, width } = options;
  const lines: string[] = [];
  if (display.title) lines.push(colors.bold(printable(display.title)));
  if (display.kind === 'text') lines.push(Number.isFinite(width) ? printableLines(display.text) : display.text);
  else if (display.kind === 'record') lines.push(...renderRecord(display, options));
  else lines.push(...renderTable(display, options));
  for (const note of display.notes ?? []) lines.push(colors.dim(printable(note)));
  const next = display.next ?? [];
  if (next.length > 0) lines.push('', colors.dim('Next:'), ...next.map((command) => `  ${colors.cyan(command)}`));
  return `${lines.join('\n')}\n`;
}

function renderRecord({ fields }: RecordDisplay, { colors }: RenderOptions): string[] {
  const shown = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${colors.dim(name.padEnd(width))}  ${cellText(value)}`);
}
