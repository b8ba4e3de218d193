import type { Cell, Display } from '@sheaf/core';
import type { FetchOutput } from './fetch-output.ts';

const SHOWN_ERRORS = 5;

/** The result of a fetch for people. */
export function displayFetch(output: FetchOutput): Display {
  if (output.runId === null) return displayPlan(output);
  const { changes, errorCounts, errors, failed, planned } = output;
  const changed = Object.entries(changes).filter(([, count]) => count > 0);
  const codes = Object.entries(errorCounts);
  const fields: [string, Cell][] = [
    ['completed', output.completed],
    ...changed.map(([change, count]): [string, Cell] => [`  ${change}`, count]),
    ['failed', failed],
    ['skipped', output.skipped],
    ...codes.map(([code, count]): [string, Cell] => [`  ${code}`, count]),
    ...(output.unfinished > 0 ? ([['unfinished', output.unfinished]] as [string, Cell][]) : []),
    ...(output.retried > 0 ? ([['attempts repeated', output.retried]] as [string, Cell][]) : []),
    ['bytes read', output.bytes],
    ['seconds', Math.round(output.durationMs / 100) / 10],
  ];
  const notes = [
    ...(output.isResumed ? ['Went on with a run that was interrupted.'] : []),
    ...(output.inProgressElsewhere > 0 ? [elsewhere(output.inProgressElsewhere)] : []),
    ...errors.slice(0, SHOWN_ERRORS).map(({ code, message }) => `${code}: ${message}`),
    ...(failed > SHOWN_ERRORS ? [`… and ${failed - SHOWN_ERRORS} more failures`] : []),
  ];
  return {
    kind: 'record',
    title: `Fetched ${documents(planned)}`,
    fields,
    ...(notes.length > 0 ? { notes } : {}),
    next: ['sheaf docs', ...(failed > 0 ? ['sheaf docs --status failed', 'sheaf fetch --retry-failed'] : [])],
  };
}

/** Nothing was done: either nothing was to be done, or it was only asked for. */
function displayPlan({ planned, inProgressElsewhere }: FetchOutput): Display {
  const notes = inProgressElsewhere > 0 ? { notes: [elsewhere(inProgressElsewhere)] } : {};
  if (planned > 0) {
    const text = `Would fetch ${documents(planned)}; nothing was done.`;
    return { kind: 'text', text, ...notes, next: ['sheaf fetch'] };
  }
  const next = ['sheaf map <site>', 'sheaf fetch --refetch', 'sheaf docs'];
  return { kind: 'text', text: 'No document waits to be fetched.', ...notes, next };
}

function elsewhere(count: number): string {
  return `Another run has ${documents(count)} at work.`;
}

function documents(count: number): string {
  return `${count} document${count === 1 ? '' : 's'}`;
}
