import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type CliErrorSpecs = {
  readonly usage: ErrorSpec<{ readonly reason: string }>;
  readonly 'invalid-config': ErrorSpec<{ readonly file: string; readonly reason: string }>;
  readonly 'file-exists': ErrorSpec<{ readonly file: string }>;
  readonly 'no-database': ErrorSpec<{ readonly path: string }>;
  readonly interrupted: ErrorSpec<Record<string, never>>;
  readonly 'output-failed': ErrorSpec<{ readonly reason: string }>;
  readonly unexpected: ErrorSpec<{ readonly reason: string }>;
};

export const cliErrors: ErrorCatalog<CliErrorSpecs> = defineErrors<CliErrorSpecs>('cli', {
  usage: { message: (p) => p.reason, hint: 'Run the command with --help to see what it takes.' },
  'invalid-config': {
    message: (p) => `The configuration ${p.file} is not valid: ${p.reason}`,
    hint: 'It must export `defineConfig({ … })` from "sheaf" by default.',
  },
  'file-exists': {
    message: (p) => `${p.file} exists already; nothing was changed.`,
    hint: 'Edit it, or remove it and run `sheaf init` again.',
  },
  'no-database': {
    message: (p) => `There is no database ${p.path}.`,
    hint: 'Check its path (`--database`, SHEAF_DATABASE_URL, DATABASE_URL, sheaf.config.ts), or make one: `sheaf ingest <source>`, `sheaf init`.',
  },
  interrupted: {
    message: () => 'Interrupted; nothing is half-done.',
    hint: 'Run the same command again.',
  },
  'output-failed': {
    message: (p) => `The result could not be written to standard output: ${p.reason}`,
    hint: 'What the command did is kept; see to the output, and run it again for its result.',
  },
  unexpected: {
    message: (p) => p.reason,
    hint: 'This is a mistake in Sheaf or in a plugin. Run the command again with --verbose, and report what it prints.',
  },
});
