import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isSheafError } from '@sheaf/core';
import { createPlugin } from './create-plugin.ts';
import { createErrors } from './errors.ts';

/** What the program touches of its process. */
export interface CreateIo {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly cwd: string;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

const HELP = `Usage: npm create sheaf-plugin [folder] -- [options]

Makes a plugin package for Sheaf: a model, a repository, a tool with a command, a facet, and a test of them.

Options:
  --id <id>   The plugin's id (default: what the folder's name suggests)
  -h, --help  Show this help
`;

/**
 * Runs the program and gives its exit code: 0, 1 where something is in the way, 2 where the command line is not valid. It
 * asks for the folder where none is named and there is somebody to ask.
 */
export async function main(argv: readonly string[], io: CreateIo): Promise<number> {
  try {
    const { folder: named, id, isHelp } = readArguments(argv);
    if (isHelp) {
      io.stdout.write(HELP);
      return 0;
    }
    const answer = named ?? (await io.ask?.('The folder of the plugin: '))?.trim();
    if (!answer) throw createErrors.create('usage', { reason: 'No folder is named.' });
    const created = createPlugin({ folder: resolve(io.cwd, answer), id });
    const folder = relative(io.cwd, created.folder) || '.';
    io.stdout.write(
      `Made ${created.packageName} in ${folder}:\n${created.files.map((file) => `  ${file}\n`).join('')}`,
    );
    io.stdout.write(`Next:\n  cd ${folder}\n  npm install\n  npm test\n`);
    return 0;
  } catch (error) {
    if (!isSheafError(error)) throw error;
    io.stderr.write(`error ${error.code}: ${error.message}\n${error.hint}\n`);
    return error.code === 'create.usage' ? 2 : 1;
  }
}

function readArguments(argv: readonly string[]): {
  folder: string | undefined;
  id: string | undefined;
  isHelp: boolean;
} {
  try {
    const { positionals, values } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { id: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    if (positionals.length > 1) throw new Error(`There is one folder too many: ${positionals[1]}`);
    return { folder: positionals[0], id: values.id, isHelp: values.help === true };
  } catch (cause) {
    throw createErrors.create('usage', { reason: cause instanceof Error ? cause.message : String(cause) }, { cause });
  }
}
