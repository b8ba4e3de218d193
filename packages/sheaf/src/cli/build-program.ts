import type { RegisteredTool } from '@sheaf/core';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { LoadedConfig } from '../config/load-config.ts';
import { addBackupCommands } from './backup-commands.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import { addDatabaseCommands } from './database-commands.ts';
import { addExamples, helpSettings, toolExamples } from './help.ts';
import { addInitCommand } from './init-command.ts';
import type { CliIo } from './io.ts';
import { planPlugins } from './plan-plugins.ts';
import { runTool } from './run-tool.ts';
import { columnsOf } from './terminal.ts';
import { argumentName, kebab, type ToolOption, toolOptions } from './tool-options.ts';
import { version } from './version.ts';

/** What every command takes, before or after its name. */
export interface GlobalOptions {
  readonly database?: string;
  readonly workspace?: string;
  readonly actor?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly allowPrivate?: boolean;
  readonly connectTo?: Readonly<Record<string, string>>;
  readonly minDelay?: number;
}

/** What the actions share. */
export interface CliContext {
  readonly io: CliIo;
  readonly loaded: LoadedConfig;
  readonly globals: () => GlobalOptions;
}

/** The whole command line: the tools of all plugins, and what the command line itself adds. */
export function buildProgram(loaded: LoadedConfig, io: CliIo): Command {
  const program = new Command('sheaf')
    .description('One database for everything a content pipeline discovers, fetches and learns, with its full history.')
    .version(version, '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors are reported by their code; what else goes there is the help of a group named without a command.
      outputError: () => {},
      writeErr: (text) => io.stdout.write(text),
      getOutHelpWidth: () => columnsOf(io.stdout, io.env),
      getOutHasColors: () => false,
    })
    .configureHelp(helpSettings)
    .showHelpAfterError(false);
  addGlobalOptions(program);
  addExamples(program, [
    { line: 'sheaf ingest https://docs.example.com', summary: 'Map a site and fetch what it names' },
    { line: 'sheaf docs', summary: 'See what there is' },
  ]);
  const context: CliContext = { io, loaded, globals: () => program.opts<GlobalOptions>() };
  for (const registered of planPlugins(loaded.config).tools) addToolCommand(program, registered, context);
  addInitCommand(program, context);
  addBackupCommands(program, context);
  addDatabaseCommands(program, context);
  addCompletionCommand(program, io);
  // Global options stand after the command as well: `sheaf docs --json`.
  for (const command of descendants(program)) inheritGlobals(command, program);
  return program;
}

function addGlobalOptions(program: Command): void {
  const options = [
    new Option('--database <url>', 'SQLite path or file: URL, or postgres:// (default: .sheaf/sheaf.db)'),
    new Option('--workspace <name>', 'The workspace (default: default)'),
    new Option(
      '--actor <name>',
      'Who is recorded with what is done (default: SHEAF_ACTOR, else the user of the system)',
    ),
    new Option('--config <file>', 'The configuration (default: sheaf.config.ts in this folder)'),
    new Option('--json', 'Print JSON for programs: one object, or one line per item of a list'),
    new Option('--quiet', 'Print results and errors only'),
    new Option('--verbose', 'Print log lines, and the details of errors'),
    new Option('--no-color', 'Print without colours'),
    new Option('--allow-private', 'Let private and loopback addresses be fetched: your intranet, a test server'),
    new Option(
      '--connect-to <from=to>',
      'Connect to another address for a host: host:port=host:port (repeatable)',
    ).argParser(readConnectTo),
    new Option('--min-delay <ms>', 'Milliseconds between requests to one host').argParser(readMilliseconds),
  ];
  for (const option of options) program.addOption(option);
}

function addToolCommand(program: Command, registered: RegisteredTool, context: CliContext): void {
  const words = registered.command.split(' ');
  const name = words.pop() ?? registered.name;
  const parent = words.reduce((group, word) => groupNamed(group, word), program);
  if (words.length > 0) parent.description(membersOf(parent, name));
  const options = toolOptions(registered.tool);
  const command = parent.command(name).description(registered.tool.summary);
  for (const field of registered.tool.positionals ?? []) {
    const option = options.find((one) => one.field === field);
    if (option) command.addArgument(commanderArgument(option));
  }
  for (const option of options) {
    if (option.isPositional) continue;
    command.addOption(commanderOption(option));
    if (option.isNegatable) {
      command.addOption(new Option(`--no-${kebab(option.field)}`, `The opposite of ${option.flag}`));
    }
  }
  addExamples(command, toolExamples(registered, options));
  command.action(async (...args: unknown[]) => {
    const positionals = args.slice(0, registered.tool.positionals?.length ?? 0);
    await runTool({ registered, options, positionals, typed: command.opts(), context });
  });
}

function groupNamed(parent: Command, name: string): Command {
  return parent.commands.find((one) => one.name() === name) ?? parent.command(name);
}

/** A group says what it holds, as far as it is known so far. */
function membersOf(group: Command, name: string): string {
  const names = [...group.commands.map((one) => one.name()), name];
  return `Group of commands: ${[...new Set(names)].join(', ')}`;
}

function commanderArgument(option: ToolOption): Argument {
  const made = new Argument(argumentName(option), option.description);
  return option.choices ? made.choices([...option.choices]) : made;
}

function commanderOption(option: ToolOption): Option {
  const placeholder = { flag: '', text: ' <text>', integer: ' <n>', number: ' <n>', list: ' <text>' }[option.kind];
  const made = new Option(`${option.flag}${placeholder}`, option.description);
  if (option.choices) made.choices([...option.choices]);
  if (option.kind !== 'list') return made;
  // Said once for each value: an option that took all words that follow would take the command's arguments too.
  const { parseArg: check } = made;
  return made.argParser((value: string, previous: readonly string[] = []) => {
    check?.(value, undefined as never);
    return [...previous, value];
  });
}

/** All commands below a command, groups too. */
function descendants(command: Command): readonly Command[] {
  return command.commands.flatMap((one) => [one, ...descendants(one)]);
}

function inheritGlobals(command: Command, program: Command): void {
  for (const option of program.options) {
    if (option.long === '--version' || command.options.some((own) => own.long === option.long)) continue;
    const inherited = new Option(option.flags, option.description).hideHelp();
    if (option.parseArg) inherited.argParser(option.parseArg);
    command.addOption(inherited);
    command.on(`option:${option.name()}`, (value: unknown) => {
      const parsed =
        option.parseArg && typeof value === 'string'
          ? option.parseArg(value, program.getOptionValue(option.attributeName()) as never)
          : value;
      program.setOptionValue(option.attributeName(), option.negate ? false : (parsed ?? true));
    });
  }
}

function readConnectTo(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [from, to, ...rest] = text.split('=');
  if (!from?.includes(':') || !to?.includes(':') || rest.length > 0) {
    throw new InvalidArgumentError('It takes host:port=host:port, e.g. docs.example.com:80=127.0.0.1:8080.');
  }
  return { ...previous, [from.toLowerCase()]: to };
}

function readMilliseconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It takes whole milliseconds.');
  return value;
}
