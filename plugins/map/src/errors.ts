import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

export type MapErrorSpecs = {
  readonly 'unsupported-source': ErrorSpec<{ readonly source: string }>;
  readonly 'method-mismatch': ErrorSpec<{ readonly source: string; readonly method: string }>;
  readonly 'nothing-found': ErrorSpec<{ readonly source: string; readonly tried: readonly string[] }>;
  readonly 'http-error': ErrorSpec<{ readonly url: string; readonly status: number }>;
  readonly 'invalid-sitemap': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'sitemap-too-large': ErrorSpec<{ readonly url: string; readonly limit: number }>;
  readonly 'sitemap-too-deep': ErrorSpec<{ readonly url: string; readonly limit: number }>;
  readonly 'page-too-deep': ErrorSpec<{ readonly url: string; readonly limit: number }>;
  readonly 'invalid-feed': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'not-a-folder': ErrorSpec<{ readonly path: string }>;
  readonly unreadable: ErrorSpec<{ readonly path: string; readonly reason: string }>;
};

/** The error codes of this plugin. */
export const mapErrors: ErrorCatalog<MapErrorSpecs> = defineErrors<MapErrorSpecs>('map', {
  'unsupported-source': {
    message: ({ source }) => `"${source}" is neither a web address nor a folder that exists.`,
    hint: 'Give an address that starts with http:// or https://, or the path of a folder.',
  },
  'method-mismatch': {
    message: ({ source, method }) => `"${source}" cannot be mapped by the method "${method}".`,
    hint: 'Folders are mapped by "folder"; web addresses by "sitemap", "crawl" or "feed". "auto" chooses.',
  },
  'nothing-found': {
    message: ({ source, tried }) =>
      `Nothing was found on ${source}.${tried.length === 0 ? '' : ` Tried:\n- ${tried.join('\n- ')}`}`,
    hint: 'Try another --method, name the --sitemap, or check --include, --exclude and --allow-external.',
  },
  'http-error': {
    message: ({ url, status }) => `${url} answered with status ${status}.`,
    hint: 'Check the address in a browser; a status of 500 or above may pass with time.',
  },
  'invalid-sitemap': {
    message: ({ url, reason }) => `${url} is no sitemap that can be read: ${reason}.`,
    hint: 'Name the right one with --sitemap, or map by --method crawl.',
  },
  'sitemap-too-large': {
    message: ({ url, limit }) =>
      `The sitemap ${url} is larger than ${limit} bytes; what comes after that was not read.`,
    hint: 'The protocol allows no larger file: the site should split it and list the parts in an index.',
  },
  'sitemap-too-deep': {
    message: ({ url, limit }) => `The sitemap ${url} lies more than ${limit} indexes deep; it was not read.`,
    hint: 'Map it by itself with --sitemap.',
  },
  'page-too-deep': {
    message: ({ url, limit }) => `${url} nests its elements more than ${limit} deep; links beyond were not read.`,
    hint: 'The page is broken; leave it out with --exclude.',
  },
  'invalid-feed': {
    message: ({ url, reason }) => `${url} is no feed that can be read: ${reason}.`,
    hint: 'Give the address of an RSS, Atom or JSON feed, or of a page that links to one.',
  },
  'not-a-folder': {
    message: ({ path }) => `"${path}" is not a folder.`,
    hint: 'Give the path of the folder that holds the files.',
  },
  unreadable: {
    message: ({ path, reason }) => `"${path}" cannot be read: ${reason}.`,
    hint: 'Check that it exists and that this user may read it.',
  },
});
