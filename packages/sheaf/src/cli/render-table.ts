import type { TableColumn, TableDisplay } from '@sheaf/core';
import { cellText } from './cell-text.ts';
import type { Colors } from './colors.ts';
import { cutText, padText, textWidth } from './text-width.ts';

export interface RenderOptions {
  /** Columns across; Infinity where the output is no terminal. */
  readonly width: number;
  readonly colors: Colors;
}

/** Columns of the terminal that a cut column keeps at least. */
const MIN_WIDTH = 8;
const GAP = '  ';

interface SizedColumn extends TableColumn {
  readonly texts: readonly string[];
  readonly width: number;
}

/**
 * A table as lines that fit the terminal: first the columns that may shrink are cut, those with the highest `shrink`
 * before the others, then they are left out in the same order. What may not shrink (ids, counts) is never cut, even
 * where the lines are too long then.
 */
export function renderTable(
  { columns, rows }: Pick<TableDisplay, 'columns' | 'rows'>,
  { width, colors }: RenderOptions,
): readonly string[] {
  if (rows.length === 0) return [];
  const sized = columns.map((column, index): SizedColumn => {
    const texts = rows.map((row) => cellText(row[index]));
    return { ...column, texts, width: Math.max(textWidth(column.title), ...texts.map(textWidth)) };
  });
  const shown = fitColumns(sized, width);
  const omitted = sized.filter(({ texts }) => !shown.some((column) => column.texts === texts));
  const line = (texts: readonly string[]): string =>
    shown
      .map((column, index) => padText(cutText(texts[index] ?? '', column.width), column.width, column.align))
      .join(GAP)
      .trimEnd();
  return [
    colors.dim(line(shown.map(({ title }) => title))),
    ...rows.map((_, index) => line(shown.map(({ texts }) => texts[index] ?? ''))),
    ...(omitted.length > 0
      ? [colors.dim(`Not shown, for lack of room: ${omitted.map(({ title }) => title).join(', ')}`)]
      : []),
  ];
}

/** The columns that are shown, with the widths that they get. */
function fitColumns(columns: readonly SizedColumn[], width: number): readonly SizedColumn[] {
  const flexible = columns
    .filter(({ shrink = 0 }) => shrink > 0)
    .sort((one, other) => (other.shrink ?? 0) - (one.shrink ?? 0));
  let excess = totalWidth(columns) - width;
  const reduced = new Map<SizedColumn, number>();
  for (const column of flexible) {
    const left = Math.max(Math.min(column.width, MIN_WIDTH), column.width - Math.max(0, excess));
    reduced.set(column, left);
    excess -= column.width - left;
  }
  const [least] = flexible;
  if (excess > 0 && least) {
    return fitColumns(
      columns.filter((column) => column !== least),
      width,
    );
  }
  return columns.map((column) => ({ ...column, width: reduced.get(column) ?? column.width }));
}

function totalWidth(columns: readonly SizedColumn[]): number {
  return columns.reduce((sum, column) => sum + column.width, GAP.length * Math.max(0, columns.length - 1));
}
