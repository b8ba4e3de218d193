import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type CreateErrorSpecs = {
  readonly usage: ErrorSpec<{ readonly reason: string }>;
  readonly 'invalid-name': ErrorSpec<{ readonly name: string }>;
  readonly 'folder-not-empty': ErrorSpec<{ readonly folder: string }>;
};

/** The error codes of `npm create sheaf-plugin`. */
export const createErrors: ErrorCatalog<CreateErrorSpecs> = defineErrors<CreateErrorSpecs>('create', {
  usage: {
    message: (p) => p.reason,
    hint: 'Say `npm create sheaf-plugin <folder>`, such as `npm create sheaf-plugin reviews`.',
  },
  'invalid-name': {
    message: (p) => `"${p.name}" cannot be the name of a plugin.`,
    hint: 'Use lower-case words joined by "-", such as `page-weight`; the folder may have another name with `--id`.',
  },
  'folder-not-empty': {
    message: (p) => `${p.folder} exists already and is not empty; nothing was written.`,
    hint: 'Name another folder, or empty this one.',
  },
});
