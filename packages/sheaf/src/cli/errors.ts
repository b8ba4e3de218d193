import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type CliErrorSpecs = {
  readonly usage: ErrorSpec<{ readonly reason: string }>;
  readonly 'invalid-config': ErrorSpec<{ readonly file: string; readonly reason: string }>;
  readonly 'file-exists': ErrorSpec<{ readonly file: string }>;
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
});
