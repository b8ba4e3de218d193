import type { Display, RegisteredTool } from '@sheaf/core';
import { engineErrors } from '@sheaf/engine';
import type { z } from 'zod';
import { actorOf } from './actor.ts';
import type { CliContext } from './build-program.ts';
import { colorsFor } from './colors.ts';
import { openProgress } from './open-progress.ts';
import { openSheaf } from './open-sheaf.ts';
import { render } from './render.ts';
import { requireDatabase } from './require-database.ts';
import { isInteractive, widthOf } from './terminal.ts';
import { argumentName, readOption, type ToolOption } from './tool-options.ts';

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
  const { workspace, actor, json, quiet, color } = globals();
  // An input that is named like a global option, such as the doctor's workspace, is given by that one.
  const input = toolInput(registered, options, positionals, { ...globals(), ...typed });
  // Before a database is opened, let alone made.
  await checkInput(registered, options, input);
  const { effect, scope, needsData = effect === 'read' || scope === 'deployment' } = registered.tool;
  if (needsData) requireDatabase(context);
  // What looks after a database finds it as it is.
  const sheaf = await openSheaf(context, scope === 'deployment' ? { migrate: 'off' } : {});
  const { stderr, stdout } = io;
  const isDrawn = isInteractive(stderr, io.env);
  const progress = openProgress(context, { isQuiet: effect === 'read' });
  const sayStopping = (): void => {
    progress.end();
    if (isDrawn && !quiet) stderr.write('Stopping; what is done is kept. Press Ctrl-C again to end at once.\n');
  };
  io.signal.addEventListener('abort', sayStopping, { once: true });
  try {
    const output = await sheaf.call({
      workspace: workspace ?? loaded.config.workspace ?? 'default',
      plugin: registered.plugin,
      tool: registered.name,
      input,
      signal: io.signal,
      actor: actor || actorOf(io.env),
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
      stdout.write(render(shown, { width: widthOf(stdout, io.env), colors: colorsFor(stdout, io, !color) }));
    }
    const failure = registered.tool.failure?.(output);
    if (failure) throw failure;
  } finally {
    progress.end();
    io.signal.removeEventListener('abort', sayStopping);
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

/** Names what is wrong in the words that were typed. */
async function checkInput(
  { tool, command }: RegisteredTool,
  options: readonly ToolOption[],
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const result: z.ZodSafeParseResult<unknown> = await tool.input.safeParseAsync(input);
  if (result.success) return;
  const problems = result.error.issues.map(({ path, message }) => {
    const option = options.find(({ field }) => field === path[0]);
    return option ? `${option.isPositional ? argumentName(option) : option.flag}: ${message}` : message;
  });
  const hint = `sheaf ${command} --help lists what each option accepts.`;
  throw engineErrors.create('invalid-input', { tool: `sheaf ${command}`, problems }, { hint });
}

/** One JSON object; for a page of items, one line per item (NDJSON) and, where there is more, a last line `{"next"}`. */
function printJson(output: unknown, { io }: CliContext): void {
  if (!isPage(output)) {
    io.stdout.write(`${JSON.stringify(output)}\n`);
    return;
  }
  for (const item of output.items) io.stdout.write(`${JSON.stringify(item)}\n`);
  if (output.next !== undefined) io.stdout.write(`${JSON.stringify({ next: output.next })}\n`);
}

/** What says more than its items is no page: one run with its events. */
function isPage(output: unknown): output is { readonly items: readonly unknown[]; readonly next?: string } {
  if (typeof output !== 'object' || output === null || !('items' in output)) return false;
  return Array.isArray(output.items) && Object.keys(output).every((key) => key === 'items' || key === 'next');
}
