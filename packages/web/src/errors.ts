import { defineErrors, type ErrorCatalog, type ErrorSpec } from '@sheaf/core';

/** The part of a request that took too long: reaching the host, waiting for its answer, reading the body. */
export type TimeoutPhase = 'connect' | 'headers' | 'body';

/** A type, since an interface has no index signature. */
export type WebErrorSpecs = {
  readonly 'invalid-options': ErrorSpec<{ readonly problems: readonly string[] }>;
  readonly 'invalid-url': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'url-too-long': ErrorSpec<{ readonly url: string; readonly length: number; readonly limit: number }>;
  readonly 'robots-denied': ErrorSpec<{ readonly url: string; readonly userAgent: string }>;
  readonly 'robots-unavailable': ErrorSpec<{
    readonly origin: string;
    readonly reason: string;
    readonly retryAfterMs: number;
  }>;
  readonly 'private-address': ErrorSpec<{ readonly host: string; readonly address: string }>;
  readonly 'invalid-redirect': ErrorSpec<{ readonly url: string; readonly location: string }>;
  readonly 'redirect-loop': ErrorSpec<{ readonly url: string; readonly target: string }>;
  readonly 'too-many-redirects': ErrorSpec<{ readonly url: string; readonly limit: number }>;
  readonly 'body-too-large': ErrorSpec<{ readonly url: string; readonly limit: number }>;
  readonly 'body-damaged': ErrorSpec<{ readonly url: string; readonly encoding: string; readonly reason: string }>;
  readonly timeout: ErrorSpec<{ readonly url: string; readonly phase: TimeoutPhase; readonly timeoutMs: number }>;
  readonly 'connection-failed': ErrorSpec<{ readonly url: string; readonly reason: string }>;
  readonly 'dns-failed': ErrorSpec<{ readonly host: string; readonly reason: string }>;
  readonly 'host-backing-off': ErrorSpec<{ readonly host: string; readonly retryAfterMs: number }>;
  readonly canceled: ErrorSpec<{ readonly url: string }>;
};

const PHASE_WORDS: Readonly<Record<TimeoutPhase, string>> = {
  connect: 'could not be reached',
  headers: 'did not answer',
  body: 'did not send its whole content',
};

/** The error codes of this package. URLs in them never carry a user name or password. */
export const webErrors: ErrorCatalog<WebErrorSpecs> = defineErrors<WebErrorSpecs>('web', {
  'invalid-options': {
    message: ({ problems }) => `The options of the web client are not valid: ${problems.join('; ')}.`,
    hint: 'Correct the options that are named.',
  },
  'invalid-url': {
    message: ({ url, reason }) => `"${url}" is not a web address: ${reason}.`,
    hint: 'Give an absolute address that starts with http:// or https://.',
  },
  'url-too-long': {
    message: ({ url, length, limit }) => `The address ${url} has ${length} characters; at most ${limit} are accepted.`,
    hint: 'Leave the address out: such addresses usually come from a trap that appends to its own links.',
  },
  'robots-denied': {
    message: ({ url, userAgent }) => `The site's robots.txt forbids ${url} to ${userAgent}.`,
    hint: 'Leave the page out, or ask the site for permission.',
  },
  'robots-unavailable': {
    message: ({ origin, reason }) => `The robots.txt of ${origin} cannot be read for now: ${reason}.`,
    hint: 'Check that the site is up, and try again in a minute: until it answers, nothing of it may be fetched (RFC 9309).',
  },
  'private-address': {
    message: ({ host, address }) => `${host} is at ${address}, which is not a public address.`,
    hint: 'Allow private addresses if this is your own network or a test server.',
  },
  'invalid-redirect': {
    message: ({ url, location }) => `${url} redirects to "${location}", which is not a web address.`,
    hint: 'Check the address in a browser; the site sends visitors somewhere that cannot be fetched.',
  },
  'redirect-loop': {
    message: ({ url, target }) => `${url} redirects in a circle, back to ${target}.`,
    hint: 'Check the address in a browser; some sites do this to visitors without cookies.',
  },
  'too-many-redirects': {
    message: ({ url, limit }) => `${url} redirects more than ${limit} times.`,
    hint: 'Give the address at the end of the chain, or raise maxRedirects.',
  },
  'body-too-large': {
    message: ({ url, limit }) => `The content of ${url} is larger than ${limit} bytes.`,
    hint: 'Raise maxBodyBytes if content of this size is wanted.',
  },
  'body-damaged': {
    message: ({ url, encoding, reason }) => `The ${encoding} content of ${url} cannot be decompressed: ${reason}.`,
    hint: 'Try again later; if it stays so, the site sends damaged data.',
  },
  timeout: {
    message: ({ url, phase, timeoutMs }) => `${url} ${PHASE_WORDS[phase]} within ${timeoutMs} ms.`,
    hint: 'Try again later, or raise the timeout of this phase.',
  },
  'connection-failed': {
    message: ({ url, reason }) => `The connection to ${url} failed: ${reason}.`,
    hint: 'Check that the site is up and speaks this protocol; a refused certificate is for the site to renew.',
  },
  'dns-failed': {
    message: ({ host, reason }) => `The address of ${host} cannot be found: ${reason}.`,
    hint: 'Check the spelling of the host name and that this machine can resolve names.',
  },
  'host-backing-off': {
    message: ({ host, retryAfterMs }) => `${host} asked for no requests for the next ${retryAfterMs} ms.`,
    hint: 'Try again after that time.',
  },
  canceled: {
    message: ({ url }) => `The request of ${url} was canceled.`,
    hint: 'Nothing is wrong: the caller canceled, or the web client was closed.',
  },
});
