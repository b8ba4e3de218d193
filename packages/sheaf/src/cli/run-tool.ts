import type { Display, RegisteredTool } from '@sheaf/core';
import type { CliContext } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { openSheaf } from './open-sheaf.ts';
import { createProgress } from './progress.ts';
import { render } from './render.ts';
import { readOption, type ToolOption } from './tool-options.ts';

export interface RunToolOptions {
  readonly registered: RegisteredTool;
  readonly options: readonly ToolOption[];
  /** In the order of the tool's `positionals`. */
  readonly positionals: readonly unknown[];
  /** By field name, as commander gives them. */
  readonly typed: Readonly<Record<string, unknown>>;
  readonly context: CliContext;
}

/** Runs a tool for the command line: its input from what was typed, its output as JSON or for people. */
export async function runTool({ registered, options, positionals, typed, context }: RunToolOptions): Promise<void> {
  const { io, loaded, globals } = context;
  const { workspace, json, quiet, color } = globals();
  // An input that is named like a global option, such as the doctor's workspace, is given by that one.
  const input = toolInput(registered, options, positionals, { ...globals(), ...typed });
  // What looks after a database finds it as it is.
  const sheaf = await openSheaf(context, registered.tool.scope === 'deployment' ? { migrate: 'off' } : {});
  const progress = createProgress({
    output: io.stderr,
    colors: colorsFor(io.stderr, io, !color),
    isQuiet: quiet === true || registered.tool.effect === 'read',
  });
  try {
    const output = await sheaf.call({
      workspace: workspace ?? loaded.config.workspace ?? 'default',
      plugin: registered.plugin,
      tool: registered.name,
      input,
      signal: io.signal,
      actor: 'cli',
      onProgress: (update) => progress.report(update),
    });
    progress.end();
    if (json) printJson(output, context);
    else {
      const display: Display = registered.tool.display?.(output) ?? {
        kind: 'text',
        text: JSON.stringify(output, null, 2),
      };
      const shown: Display = quiet ? { ...display, next: [] } : display;
      const width = io.stdout.isTTY ? (io.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
      io.stdout.write(render(shown, { width, colors: colorsFor(io.stdout, io, !color) }));
    }
    const failure = registered.tool.failure?.(output);
    if (failure) throw failure;
  } finally {
    progress.end();
    await sheaf.close();
  }
}

function toolInput(
  { tool }: RegisteredTool,
  options: readonly ToolOption[],
  positionals: readonly unknown[],
  typed: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const option of options) {
    const index = tool.positionals?.indexOf(option.field) ?? -1;
    const value = index >= 0 ? positionals[index] : typed[option.field];
    const isEmptyList = Array.isArray(value) && value.length === 0;
    if (value !== undefined && !isEmptyList) input[option.field] = readOption(option, value);
  }
  return input;
}

/** One JSON object; for a page of items, one line per item (NDJSON) and, where there is more, a last line `{"next"}`. */
function printJson(output: unknown, { io }: CliContext): void {
  const page = output as { readonly items?: unknown; readonly next?: unknown };
  if (!Array.isArray(page?.items)) {
    io.stdout.write(`${JSON.stringify(output)}\n`);
    return;
  }
  for (const item of page.items) io.stdout.write(`${JSON.stringify(item)}\n`);
  if (page.next !== undefined) io.stdout.write(`${JSON.stringify({ next: page.next })}\n`);
}
