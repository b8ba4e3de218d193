import type { Progress } from '@sheaf/core';
import type { Colors } from './colors.ts';
import type { Output } from './io.ts';

export interface ProgressReporter {
  report(progress: Progress): void;
  /** Leaves the terminal clean. */
  end(): void;
}

export interface ProgressOptions {
  readonly output: Output;
  readonly colors: Colors;
  readonly isQuiet: boolean;
  /** Milliseconds; default performance.now. */
  readonly now?: () => number;
}

const BAR_WIDTH = 24;
/** Milliseconds between redraws on a terminal, and between lines elsewhere. */
const TTY_INTERVAL_MS = 80;
const LINE_INTERVAL_MS = 2_000;

/** Shows progress: a bar that redraws itself on a terminal, a plain line every two seconds and phase elsewhere. */
export function createProgress({
  output,
  colors,
  isQuiet,
  now = () => performance.now(),
}: ProgressOptions): ProgressReporter {
  if (isQuiet) return { report() {}, end() {} };
  let lastAt = Number.NEGATIVE_INFINITY;
  let phase = '';
  let pending: Progress | undefined;
  let isDrawn = false;
  const show = (progress: Progress): void => {
    lastAt = now();
    pending = undefined;
    if (output.isTTY) {
      const line = cutTo(barOf(progress, colors), output.columns ?? 80);
      output.write(`\r\u001b[2K${line}`);
      isDrawn = true;
    } else {
      output.write(`${lineOf(progress)}\n`);
    }
  };
  return {
    report(progress) {
      const interval = output.isTTY ? TTY_INTERVAL_MS : LINE_INTERVAL_MS;
      const isNewPhase = progress.phase !== phase;
      if (isNewPhase && pending) show(pending);
      phase = progress.phase;
      if (isNewPhase || now() - lastAt >= interval) show(progress);
      else pending = progress;
    },
    end() {
      if (pending) show(pending);
      if (isDrawn) output.write('\r\u001b[2K');
    },
  };
}

function lineOf({ phase, done, total, message }: Progress): string {
  return [phase, countOf({ done, total }), message === undefined ? '' : printable(message)].filter(Boolean).join(' ');
}

function barOf({ phase, done, total, message }: Progress, colors: Colors): string {
  const parts = [phase];
  if (total !== undefined && total > 0) {
    const filled = Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH));
    parts.push(`${colors.cyan('━'.repeat(filled))}${colors.dim('━'.repeat(BAR_WIDTH - filled))}`);
  }
  parts.push(countOf({ done, total }));
  if (message) parts.push(colors.dim(printable(message)));
  return parts.join(' ');
}

function countOf({ done, total }: { readonly done: number; readonly total: number | undefined }): string {
  return total === undefined ? String(done) : `${done}/${total}`;
}

function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

/** Cuts by visible characters: colour codes take no room. */
function cutTo(line: string, width: number): string {
  let visible = 0;
  let kept = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is looked for.
  for (const [part] of line.matchAll(/\u001b\[[0-9;]*m|[^\u001b]/gu)) {
    if (part.length === 1 || !part.startsWith('\u001b')) visible += 1;
    if (visible > width - 1) return `${kept}\u001b[0m`;
    kept += part;
  }
  return kept;
}
