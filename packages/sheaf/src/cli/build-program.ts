import type { RegisteredTool } from '@sheaf/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import type { SheafConfig } from '../config/sheaf-config.ts';
import { addDatabaseCommands } from './database-commands.ts';
import { addInitCommand } from './init-command.ts';
import type { CliIo } from './io.ts';
import { planPlugins } from './plan-plugins.ts';
import { runTool } from './run-tool.ts';
import { kebab, type ToolOption, toolOptions } from './tool-options.ts';
import { version } from './version.ts';

/** What every command takes, before or after its name. */
export interface GlobalOptions {
  readonly database?: string;
  readonly workspace?: string;
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
export async function buildProgram(argv: readonly string[], io: CliIo, config?: SheafConfig): Promise<Command> {
  const loaded = config ? { config, file: undefined } : await loadConfig(io.cwd, configArgument(argv));
  const program = new Command('sheaf')
    .description('One database for everything a content pipeline discovers, fetches and learns, with its full history.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
    .showHelpAfterError(false)
    .addOption(new Option('--database <url>', 'SQLite path or file: URL, or postgres:// (default: .sheaf/sheaf.db)'))
    .addOption(new Option('--workspace <name>', 'the workspace (default: default)'))
    .addOption(new Option('--config <file>', 'the configuration (default: sheaf.config.ts in this folder)'))
    .addOption(new Option('--json', 'print JSON for programs: one object, or one line per item of a list'))
    .addOption(new Option('--quiet', 'print results and errors only'))
    .addOption(new Option('--verbose', 'print the details of errors'))
    .addOption(new Option('--no-color', 'print without colours'))
    .addOption(
      new Option('--allow-private', 'let private and loopback addresses be fetched: your intranet, a test server'),
    )
    .addOption(
      new Option('--connect-to <host:port=host:port>', 'connect to another address for a host (repeatable)').argParser(
        readConnectTo,
      ),
    )
    .addOption(new Option('--min-delay <ms>', 'milliseconds between requests to one host').argParser(readMilliseconds));
  const context: CliContext = { io, loaded, globals: () => program.opts<GlobalOptions>() };
  for (const registered of planPlugins(loaded.config).tools) addToolCommand(program, registered, context);
  addInitCommand(program, context);
  addDatabaseCommands(program, context);
  // Global options stand after the command as well: `sheaf docs --json`.
  for (const command of leaves(program)) inheritGlobals(command, program);
  return program;
}

function addToolCommand(program: Command, registered: RegisteredTool, context: CliContext): void {
  const words = registered.command.split(' ');
  const name = words.pop() ?? registered.name;
  const parent = words.reduce((group, word) => groupNamed(group, word), program);
  const options = toolOptions(registered.tool);
  const command = parent.command(name).description(registered.tool.summary);
  for (const field of registered.tool.positionals ?? []) {
    const option = options.find((one) => one.field === field);
    if (option) command.argument(argumentName(option), option.description);
  }
  for (const option of options) {
    if (option.isPositional) continue;
    command.addOption(commanderOption(option));
    if (option.isNegatable) command.addOption(new Option(`--no-${kebab(option.field)}`, 'the opposite'));
  }
  addExamples(command, registered, options);
  command.action(async (...args: unknown[]) => {
    const positionals = args.slice(0, registered.tool.positionals?.length ?? 0);
    await runTool({ registered, options, positionals, typed: command.opts(), context });
  });
}

function groupNamed(parent: Command, name: string): Command {
  return parent.commands.find((one) => one.name() === name) ?? parent.command(name).description(`Commands of ${name}`);
}

function argumentName({ field, kind, isRequired }: ToolOption): string {
  const name = kind === 'list' ? `${kebab(field)}...` : kebab(field);
  return isRequired ? `<${name}>` : `[${name}]`;
}

function commanderOption(option: ToolOption): Option {
  const placeholder = { flag: '', text: ' <text>', integer: ' <n>', number: ' <n>', list: ' <value...>' }[option.kind];
  const made = new Option(`${option.flag}${placeholder}`, option.description);
  if (option.choices) made.choices([...option.choices]);
  return made;
}

function addExamples(command: Command, { tool }: RegisteredTool, options: readonly ToolOption[]): void {
  const examples = (tool.examples ?? []) as readonly {
    readonly input: Record<string, unknown>;
    readonly summary: string;
  }[];
  if (examples.length === 0) return;
  const lines = examples.map(({ input, summary }) => {
    const words = options.flatMap((option) => wordsFor(option, input[option.field]));
    return `  ${[fullName(command), ...words].join(' ')}\n      ${summary}`;
  });
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

function wordsFor(option: ToolOption, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const values = (Array.isArray(value) ? value : [value]).map((one) =>
    /[\s*?]/.test(String(one)) ? `'${one}'` : String(one),
  );
  if (option.isPositional) return values;
  if (option.kind === 'flag') return [option.flag];
  return values.flatMap((one) => [option.flag, one]);
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

function leaves(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
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
  command.configureHelp({ showGlobalOptions: true });
}

/** The configuration names plugins, which bring commands: it is needed before the command line can be read. */
function configArgument(argv: readonly string[]): string | undefined {
  const joined = argv.find((word) => word.startsWith('--config='));
  if (joined) return joined.slice('--config='.length);
  const index = argv.indexOf('--config');
  return index === -1 ? undefined : argv[index + 1];
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
