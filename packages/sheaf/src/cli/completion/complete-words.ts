import type { Argument, Command, Option } from 'commander';

/** What the shells' scripts call: `sheaf __complete <word>…`, the last word being the one that is typed. */
export const COMPLETE_COMMAND = '__complete';

/** The line that stands for the names of files. */
export const FILES = ':files';

/** Where on the command line the last word stands. */
interface Place {
  readonly command: Command;
  /** The option whose value is typed. */
  readonly awaiting: Option | undefined;
  /** Arguments before it. */
  readonly position: number;
  /** After `--`. */
  readonly hasEndedOptions: boolean;
}

/**
 * The completions of the last word, one line each: the word, a tab, what it means. Taken from the declarations alone; no
 * database is opened. The line `:files` says that a file's name fits.
 */
export function completeWords(program: Command, words: readonly string[]): readonly string[] {
  const current = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  return candidatesAt(place, current)
    .filter(({ word }) => word === FILES || word.startsWith(current))
    .map(({ word, summary }) => `${word}${summary ? `\t${summary.replaceAll(/\s+/g, ' ')}` : ''}\n`);
}

interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

function candidatesAt(place: Place, current: string): readonly Candidate[] {
  const { command, awaiting, hasEndedOptions } = place;
  if (awaiting) return valuesOf(awaiting);
  const [, long, prefix] = /^(--[^=]+)(=)/.exec(current) ?? [];
  if (!hasEndedOptions && long && prefix) {
    const option = optionNamed(command, long);
    return option ? valuesOf(option).map(({ word }) => ({ word: word === FILES ? FILES : `${long}=${word}` })) : [];
  }
  if (!hasEndedOptions && current.startsWith('-')) return optionsOf(command);
  return [...subcommandsOf(command), ...argumentsAt(place)];
}

function placeOf(program: Command, words: readonly string[]): Place {
  let command = program;
  let awaiting: Option | undefined;
  let position = 0;
  let hasEndedOptions = false;
  for (const word of words) {
    if (awaiting) {
      awaiting = undefined;
    } else if (!hasEndedOptions && word === '--') {
      hasEndedOptions = true;
    } else if (!hasEndedOptions && word.startsWith('-') && word !== '-') {
      const option = optionNamed(command, word);
      if (option && takesValue(option)) awaiting = option;
    } else {
      const subcommand = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      if (subcommand) command = subcommand;
      else position += 1;
    }
  }
  return { command, awaiting, position, hasEndedOptions };
}

function optionNamed(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function valuesOf({ argChoices }: Option | Argument): readonly Candidate[] {
  return argChoices ? argChoices.map((word) => ({ word })) : [{ word: FILES }];
}

function optionsOf(command: Command): readonly Candidate[] {
  const options = command.options.map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    summary: description,
  }));
  return [...options, { word: '--help', summary: 'Show this help' }];
}

function subcommandsOf(command: Command): readonly Candidate[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), summary: one.description() }));
}

function argumentsAt({ command, position }: Place): readonly Candidate[] {
  const declared = command.registeredArguments;
  const argument = declared[position] ?? (declared.at(-1)?.variadic ? declared.at(-1) : undefined);
  return argument ? valuesOf(argument) : [];
}
