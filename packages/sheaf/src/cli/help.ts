import type { RegisteredTool } from '@sheaf/core';
import type { Argument, Command, HelpConfiguration, Option } from 'commander';
import { shellWord } from '../shell-word.ts';
import { kebab, type ToolOption } from './tool-options.ts';

export interface CommandExample {
  /** As it is typed: `sheaf docs --json`. */
  readonly line: string;
  readonly summary: string;
}

/** How the help of all commands looks. */
export const helpSettings: HelpConfiguration = {
  showGlobalOptions: true,
  // Every command takes options: to say so is noise.
  subcommandTerm: (command): string => [command.name(), ...command.registeredArguments.map(termOf)].join(' '),
  // `--version` goes with the program alone.
  visibleGlobalOptions: (command): Option[] => {
    const program = programOf(command);
    return program === command ? [] : program.options.filter(({ long, hidden }) => long !== '--version' && !hidden);
  },
};

/** Examples below the help of a command. */
export function addExamples(command: Command, examples: readonly CommandExample[]): void {
  if (examples.length === 0) return;
  const lines = examples.map(({ line, summary }) => `  ${line}\n      ${summary}`);
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** The examples of a tool as they are typed. */
export function toolExamples(
  { tool, command }: RegisteredTool,
  options: readonly ToolOption[],
): readonly CommandExample[] {
  return (tool.examples ?? []).map(({ input, summary }) => {
    const words = options.flatMap((option) => wordsFor(option, (input as Record<string, unknown>)[option.field]));
    return { line: ['sheaf', command, ...words.map(shellWord)].join(' '), summary };
  });
}

function wordsFor(option: ToolOption, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const values = (Array.isArray(value) ? value : [value]).map(String);
  if (option.isPositional) return values;
  if (option.kind !== 'flag') return values.flatMap((one) => [option.flag, one]);
  const opposite = `--no-${kebab(option.field)}`;
  if (value === true) return option.flag === opposite ? [] : [option.flag];
  return option.flag === opposite || option.isNegatable ? [opposite] : [];
}

function termOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function programOf(command: Command): Command {
  return command.parent ? programOf(command.parent) : command;
}
