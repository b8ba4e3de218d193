import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

/** A type, since an interface has no index signature. */
export type FetchErrorSpecs = {
  readonly 'http-error': ErrorSpec<{ readonly url: string; readonly status: number }>;
  readonly 'unsupported-type': ErrorSpec<{ readonly url: string; readonly mimeType: string }>;
  readonly 'extraction-failed': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'extraction-too-slow': ErrorSpec<{ readonly url: string; readonly timeoutMs: number }>;
  readonly 'file-missing': ErrorSpec<{ readonly url: string }>;
  readonly 'file-unreadable': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'file-too-large': ErrorSpec<{ readonly url: string; readonly size: number; readonly limit: number }>;
  readonly 'unsupported-scheme': ErrorSpec<{ readonly url: string }>;
  readonly merged: ErrorSpec<{ readonly url: string; readonly into: string }>;
  readonly 'unknown-document': ErrorSpec<{ readonly names: readonly string[] }>;
  readonly 'invalid-options': ErrorSpec<{ readonly problems: readonly string[] }>;
};

/** The error codes of this plugin. */
export const fetchErrors: ErrorCatalog<FetchErrorSpecs> = defineErrors<FetchErrorSpecs>('fetch', {
  'http-error': {
    message: ({ url, status }) => `${url} answered with status ${status}.`,
    hint: 'Open the address in a browser. What is fixed there is fetched by: sheaf fetch --retry-failed',
  },
  'unsupported-type': {
    message: ({ url, mimeType }) => `${url} is ${mimeType}, from which no text can be taken.`,
    hint: 'HTML, Markdown, plain text, JSON, XML, CSV and PDF can be read. Leave others out with --exclude.',
  },
  'extraction-failed': {
    message: ({ url, reason }) => `The text of ${url} cannot be taken out: ${reason}`,
    hint: 'The file is damaged, or protected by a password. Look whether it opens elsewhere.',
  },
  'extraction-too-slow': {
    message: ({ url, timeoutMs }) => `Taking the text out of ${url} was given up after ${timeoutMs} ms.`,
    hint: 'It is built so that programs take very long to read it. Leave it out with --exclude, or raise maxExtractionMs.',
  },
  'file-missing': {
    message: ({ url }) => `There is no file at ${url}.`,
    hint: 'It was moved or deleted; map the folder again to find what is there now.',
  },
  'file-unreadable': {
    message: ({ url, reason }) => `${url} cannot be read: ${reason}`,
    hint: 'Check that it is a file, and that this program may read it.',
  },
  'file-too-large': {
    message: ({ url, size, limit }) => `${url} has ${size} bytes; at most ${limit} are read.`,
    hint: 'Raise maxBodyBytes if content of this size is wanted.',
  },
  'unsupported-scheme': {
    message: ({ url }) => `${url} is neither on the web nor a file.`,
    hint: 'Only http, https and file addresses can be fetched; its source has a tool of its own.',
  },
  merged: {
    message: ({ url, into }) => `${url} is another address of ${into}.`,
    hint: 'Nothing is wrong: the document is kept under its own address, to which this one leads.',
  },
  'unknown-document': {
    message: ({ names }) => `There is no document ${names.map((name) => `"${name}"`).join(', ')}.`,
    hint: 'List the documents with: sheaf docs. Web addresses may be new; files must be mapped first.',
  },
  'invalid-options': {
    message: ({ problems }) => `The options of the fetch plugin are not valid: ${problems.join('; ')}.`,
    hint: 'Correct the options that are named.',
  },
});
