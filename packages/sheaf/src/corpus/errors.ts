import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type CorpusErrorSpecs = {
  readonly 'not-confirmed': ErrorSpec<{ readonly what: string }>;
  readonly 'several-sources': ErrorSpec<{ readonly uri: string; readonly kinds: readonly string[] }>;
};

export const corpusErrors: ErrorCatalog<CorpusErrorSpecs> = defineErrors<CorpusErrorSpecs>('corpus', {
  'not-confirmed': {
    message: (p) => `Deleting ${p.what} cannot be undone; nothing was deleted.`,
    hint: 'Look at what would go with --dry-run, then confirm with --yes.',
  },
  'several-sources': {
    message: (p) => `There are several sources ${p.uri}: ${p.kinds.join(', ')}.`,
    hint: 'Say which one with --kind.',
  },
});
