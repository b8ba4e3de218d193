import type { Cell, Display } from '@sheaf/core';
import type { MapOutput } from './map-output.ts';

const SHOWN_ERRORS = 5;

/** The result of a map for people. */
export function displayMap(output: MapOutput): Display {
  const isDryRun = output.runId === null;
  const left = Object.entries(output.skipped).map(([reason, count]) => `${count} ${reason}`);
  const fields: [string, Cell][] = [
    ['source', output.source],
    ['method', output.method],
    ['documents', output.discovered],
    ['new', output.new],
    ['known', output.known],
    ...(output.gone > 0 ? ([['gone', output.gone]] as [string, Cell][]) : []),
    ...(output.filtered > 0 ? ([['filtered out', output.filtered]] as [string, Cell][]) : []),
    ...(left.length > 0 ? ([['left out', left.join(', ')]] as [string, Cell][]) : []),
    ...(output.errorCount > 0 ? ([['errors', output.errorCount]] as [string, Cell][]) : []),
  ];
  const notes = [
    ...output.sample,
    ...output.errors.slice(0, SHOWN_ERRORS).map(({ code, message }) => `${code}: ${message}`),
    ...(output.errorCount > SHOWN_ERRORS ? [`… and ${output.errorCount - SHOWN_ERRORS} more errors`] : []),
    ...(output.isComplete ? [] : ['Not complete: a bound was met, or something could not be read.']),
  ];
  const title = isDryRun
    ? `Would map ${count(output.discovered, 'document')}; nothing was written`
    : `Mapped ${count(output.discovered, 'document')}`;
  return {
    kind: 'record',
    title,
    fields,
    ...(notes.length > 0 ? { notes } : {}),
    next: isDryRun ? [`sheaf map ${output.source}`] : ['sheaf fetch', 'sheaf docs'],
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
