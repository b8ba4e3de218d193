import { isSheafError, type SheafError } from '@sheaf/core';
import { displayUrl } from './display-url.ts';
import { type TimeoutPhase, webErrors } from './errors.ts';

/** How long each part of a request may take, in milliseconds. */
export interface WebTimeouts {
  /** Finding the host's address, connecting and the TLS handshake; default 10,000. */
  readonly connectMs: number;
  /** From the request to the end of the response's headers; default 30,000. */
  readonly headersMs: number;
  /** Waiting for the body in all, the reader's own time not counted; default 60,000. */
  readonly bodyMs: number;
}

const TIMEOUT_PHASES: Readonly<Record<string, TimeoutPhase>> = {
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  UND_ERR_HEADERS_TIMEOUT: 'headers',
  UND_ERR_BODY_TIMEOUT: 'body',
};

/** Failures of the way there; certificates and malformed answers, on the other hand, stay as they are. */
const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  'EADDRNOTAVAIL',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_SOCKET',
]);

/** The coded error for what an HTTP connection failed with. Coded errors stay what they are. */
export function toWebError(error: unknown, url: URL, timeouts: WebTimeouts): SheafError {
  if (isSheafError(error)) return error;
  const { code = '', syscall, message } = describe(error);
  const shown = displayUrl(url);
  const phase = TIMEOUT_PHASES[code];
  if (phase !== undefined) {
    return webErrors.create(
      'timeout',
      { url: shown, phase, timeoutMs: timeouts[`${phase}Ms`] },
      { cause: error, isRetryable: true },
    );
  }
  if (syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    // "No such name" is an answer; every other failure of a look-up may pass.
    const isRetryable = code !== 'ENOTFOUND' && code !== 'ENODATA';
    return webErrors.create(
      'dns-failed',
      { host: url.hostname, reason: code || message },
      { cause: error, isRetryable },
    );
  }
  return webErrors.create(
    'connection-failed',
    { url: shown, reason: code && !message.includes(code) ? `${message} (${code})` : message },
    { cause: error, isRetryable: RETRYABLE_CODES.has(code) },
  );
}

function describe(error: unknown): { readonly code?: string; readonly syscall?: string; readonly message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  // When several addresses were tried, the message is empty and the reasons are inside.
  const first = error instanceof AggregateError ? describe(error.errors[0]) : undefined;
  return {
    message: message || first?.message || 'unknown reason',
    ...(code === undefined ? {} : { code }),
    ...(syscall === undefined ? {} : { syscall }),
  };
}
