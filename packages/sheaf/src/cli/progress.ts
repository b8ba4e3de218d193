import type { Progress } from '@sheaf/core';
import type { Colors } from './colors.ts';
import type { Output } from './io.ts';
import { cutText, printable, textWidth } from './text-width.ts';

export interface ProgressReporter {
  report(progress: Progress): void;
  /** Leaves the terminal clean; what is reported afterwards is not shown. */
  end(): void;
}

export interface ProgressOptions {
  readonly output: Output;
  readonly colors: Colors;
  readonly isQuiet: boolean;
  /** Whether lines may be drawn over. */
  readonly isInteractive: boolean;
  /** Columns across; read anew for each bar, since a terminal may be resized. */
  readonly width: () => number;
  /** Milliseconds; default performance.now. */
  readonly now?: () => number;
}

const BAR_WIDTH = 24;
/** Milliseconds between redraws on a terminal, and between lines elsewhere. */
const REDRAW_INTERVAL_MS = 80;
const LINE_INTERVAL_MS = 2_000;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows progress: a bar that redraws itself for a person, a plain line every two seconds and phase elsewhere. */
export function createProgress({
  output,
  colors,
  isQuiet,
  isInteractive,
  width,
  now = () => performance.now(),
}: ProgressOptions): ProgressReporter {
  if (isQuiet) return { report() {}, end() {} };
  let lastAt = Number.NEGATIVE_INFINITY;
  let phase = '';
  let pending: Progress | undefined;
  let hasEnded = false;
  let isDrawn = false;
  const show = (progress: Progress): void => {
    lastAt = now();
    pending = undefined;
    if (isInteractive) {
      // One column stays free: a full line would move the cursor to the next.
      output.write(`${CLEAR_LINE}${barOf(progress, colors, width() - 1)}`);
      isDrawn = true;
    } else {
      output.write(`${lineOf(progress)}\n`);
    }
  };
  return {
    report(progress) {
      if (hasEnded) return;
      const interval = isInteractive ? REDRAW_INTERVAL_MS : LINE_INTERVAL_MS;
      const isNewPhase = progress.phase !== phase;
      if (isNewPhase && pending) show(pending);
      phase = progress.phase;
      if (isNewPhase || now() - lastAt >= interval) show(progress);
      else pending = progress;
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      if (pending) show(pending);
      if (isDrawn) output.write(CLEAR_LINE);
    },
  };
}

function lineOf({ phase, done, total, message = '' }: Progress): string {
  return [phase, countOf({ done, total }), printable(message)].filter(Boolean).join(' ');
}

function barOf({ phase, done, total, message = '' }: Progress, colors: Colors, width: number): string {
  const count = countOf({ done, total });
  const filled = Math.round(BAR_WIDTH * Math.min(1, done / (total || 1)));
  const hasBar = total !== undefined && total > 0 && width >= textWidth(`${phase}  ${count}`) + BAR_WIDTH;
  const bar = hasBar ? `${colors.cyan('━'.repeat(filled))}${colors.dim('─'.repeat(BAR_WIDTH - filled))}` : '';
  const shown = [phase, bar, count].filter(Boolean).join(' ');
  const room = width - textWidth(shown) - 1;
  if (room < 0) return cutText([phase, count].join(' '), width);
  return message && room > 0 ? `${shown} ${colors.dim(cutText(printable(message), room))}` : shown;
}

function countOf({ done, total }: { readonly done: number; readonly total: number | undefined }): string {
  return total === undefined ? String(done) : `${done}/${total}`;
}
