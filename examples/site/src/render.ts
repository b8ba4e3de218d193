import { createHash } from 'node:crypto';
import { encodeText } from './legacy-encoding.ts';
import { renderPage } from './render-page.ts';
import {
  answerIn,
  type FailureAnswer,
  type FloodAnswer,
  type PageAnswer,
  type Route,
  type Validators,
} from './route.ts';
import type { Scenario } from './scenario.ts';

/** An answer ready to be sent, except for what depends on the request (304, compression, HEAD). */
export interface RenderedAnswer {
  readonly status: number;
  /** Lower-case names. `content-length` and `content-encoding` are the server's. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body, or a stream of it for one that is too large to hold. */
  readonly body: Uint8Array | (() => Iterable<Uint8Array>);
  readonly isCompressed: boolean;
  readonly delay?: 'headers' | 'body';
}

/** Renders what a route answers in a scenario: pure, the same bytes each time. */
export function renderRoute(route: Route, scenario: Scenario): RenderedAnswer {
  const answer = answerIn(route, scenario);
  switch (answer.kind) {
    case 'page':
      return renderPageAnswer(route, answer, scenario);
    case 'file': {
      const content = answer.content(scenario);
      const body = typeof content === 'string' ? encodeText(content, 'utf-8') : content;
      const headers = { 'content-type': answer.contentType, ...validatorHeaders(body, answer) };
      return { status: 200, headers, body, isCompressed: false };
    }
    case 'redirect': {
      const body = errorBody(answer.status, 'Moved', 'What you look for has moved.');
      const headers = { 'content-type': 'text/html; charset=utf-8', location: answer.location };
      return { status: answer.status, headers, body, isCompressed: false };
    }
    case 'failure':
      return renderFailure(answer);
    case 'flood':
      return {
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: () => floodOf(answer),
        isCompressed: answer.isCompressed ?? false,
      };
  }
}

const failures: Readonly<Record<FailureAnswer['status'], readonly [title: string, text: string]>> = {
  404: ['Not found', 'There is no page here.'],
  410: ['Gone', 'This page was taken down for good.'],
  429: ['Too many requests', 'Please come back in a moment.'],
  500: ['Something broke', 'The page could not be made. We are looking into it.'],
};

/** An error page; also the answer for what no route describes. */
export function renderFailure(answer: Omit<FailureAnswer, 'kind'>): RenderedAnswer {
  const headers: Record<string, string> = { 'content-type': 'text/html; charset=utf-8' };
  if (answer.retryAfter !== undefined) headers['retry-after'] = String(answer.retryAfter);
  const body = errorBody(answer.status, ...failures[answer.status]);
  return { status: answer.status, headers, body, isCompressed: false };
}

function errorBody(status: number, title: string, text: string): Uint8Array {
  const html = `<!doctype html>\n<html lang="en"><head><title>${status} ${title}</title></head><body><p>${text}</p></body></html>\n`;
  return encodeText(html, 'utf-8');
}

function renderPageAnswer(route: Route, page: PageAnswer, scenario: Scenario): RenderedAnswer {
  const charset = page.charset ?? 'utf-8';
  const body = encodeText(renderPage({ host: route.host, page, scenario }), charset);
  const contentType = page.charsetIn === 'meta' ? 'text/html' : `text/html; charset=${charset}`;
  return {
    status: 200,
    headers: { 'content-type': contentType, ...validatorHeaders(body, page) },
    body,
    isCompressed: page.isCompressed ?? false,
    ...(page.delay ? { delay: page.delay } : {}),
  };
}

function validatorHeaders(
  body: Uint8Array,
  answer: { readonly modified: string; readonly validators?: Validators },
): Record<string, string> {
  const validators = answer.validators ?? 'both';
  const tag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  const headers: Record<string, string> = {};
  if (validators === 'both' || validators === 'etag') headers.etag = tag;
  if (validators === 'weak-etag') headers.etag = `W/${tag}`;
  if (validators === 'both' || validators === 'last-modified') {
    headers['last-modified'] = new Date(answer.modified).toUTCString();
  }
  return headers;
}

const FLOOD_LINE = '<p>Of the making of many books there is no end, and of the reading of this one neither.</p>\n';

function* floodOf(answer: FloodAnswer): Generator<Uint8Array> {
  const start = encodeText(
    '<!doctype html>\n<html lang="en"><head><title>The complete archive</title></head><body>\n',
    'utf-8',
  );
  const block = encodeText(FLOOD_LINE.repeat(512), 'utf-8');
  yield start;
  for (let left = answer.size - start.length; left > 0; left -= block.length) {
    yield left < block.length ? block.subarray(0, left) : block;
  }
}
