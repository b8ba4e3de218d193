import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type CorpusErrorSpecs = {
  readonly 'not-confirmed': ErrorSpec<{ readonly what: string }>;
  readonly 'move-not-confirmed': ErrorSpec<{ readonly count: number; readonly from: string; readonly to: string }>;
  readonly 'several-sources': ErrorSpec<{ readonly uri: string; readonly kinds: readonly string[] }>;
};

export const corpusErrors: ErrorCatalog<CorpusErrorSpecs> = defineErrors<CorpusErrorSpecs>('corpus', {
  'not-confirmed': {
    message: (p) => `Deleting ${p.what} cannot be undone; nothing was deleted.`,
    hint: 'Look at what would go with --dry-run, then confirm with --yes.',
  },
  'move-not-confirmed': {
    message: (p) => `${p.count} document(s) of the workspace "${p.from}" would go to "${p.to}"; nothing was moved.`,
    hint: 'Look at what would move with --dry-run, then confirm with --yes.',
  },
  'several-sources': {
    message: (p) => `There are several sources ${p.uri}: ${p.kinds.join(', ')}.`,
    hint: 'Say which one with --kind.',
  },
});
