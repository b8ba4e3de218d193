import { gzipSync } from 'node:zlib';
import { answer, pour, type Route, raw } from './bad-site.ts';

/** A page that something is wrong with, and what the store is to say of it. */
export interface BadPage {
  /** As it is typed. */
  readonly path: string;
  readonly what: string;
  readonly route: Route | string;
  /** The code of its error; none where the page is to be read all the same. */
  readonly error?: string;
  /** What the message says; for a page that is read, what its text holds. */
  readonly says: RegExp;
  readonly title?: string;
  /** It costs seconds, and no database is concerned. */
  readonly isHeavy?: boolean;
}

/** A path as it is requested: a `%` that begins no escape is one itself. */
export const requestPath = (path: string): string => path.replaceAll(/%(?![0-9a-f]{2})/gi, '%25');

const html = (text: string): string =>
  `<!doctype html><title>A page</title><p>${text} and enough words to be a paragraph.`;
const fill = (size: number, text: string): Buffer => Buffer.alloc(size, text);
const redirect =
  (location: string): Route =>
  (response) =>
    void response.writeHead(302, { location }).end();

/** Sends something again and again until nobody listens. */
function every(ms: number, send: (response: Parameters<Route>[0]) => void): Route {
  return (response) => {
    const timer = setInterval(() => send(response), ms);
    response.on('close', () => clearInterval(timer));
    response.socket?.on('error', () => {}).on('close', () => clearInterval(timer));
  };
}

const MEBIBYTE = 1024 * 1024;
/** A thousand times smaller than what it unfolds to. */
const bomb = gzipSync(Buffer.alloc(100 * MEBIBYTE));
const longText = Array.from({ length: 3_000 }, (_, index) => `Sentence ${index * 7_919} of many. `).join('');

const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

/** A document that may not be opened without a password: the standard handler with keys that fit none. */
const ENCRYPTED_PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/O<${'41'.repeat(32)}>/U<${'42'.repeat(32)}>/P -64>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[<${'43'.repeat(16)}><${'43'.repeat(16)}>]/Size 4>>
startxref
0
%%EOF`;

export const badPages: readonly BadPage[] = [
  { path: '/fine', what: 'a fine page among them', route: html('Fine'), says: /Fine/, title: 'A page' },
  {
    path: '/nul',
    what: 'a NUL byte in the title and in the text',
    route: '<title>Half\0 past</title><p>Ten\0der is the night, and long enough to be read.',
    says: /Tender is the night/,
    title: 'Half past',
  },
  {
    path: '/utf16',
    what: 'broken UTF-16',
    route: answer(
      Buffer.concat([
        utf16('<title>A \ud800 half</title><p>Lone \udc00 surrogates and a whole paragraph of text.'),
        Buffer.from([0x41]),
      ]),
    ),
    says: /Lone \ufffd surrogates/,
    title: 'A \ufffd half',
  },
  {
    path: '/binary',
    what: 'binary data as HTML',
    route: answer(Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 167) % 256))),
    error: 'fetch.unsupported-type',
    says: /octet-stream, from which no text can be taken/,
  },
  {
    path: '/charset',
    what: 'an unknown charset',
    route: answer(html('Straße'), { type: 'text/html; charset=klingon-8' }),
    says: /Straße/,
    title: 'A page',
  },
  { path: '/empty', what: 'nothing at all', route: answer(''), says: /^$/ },
  {
    path: '/percent/%zz%',
    what: 'an address with broken percent-encoding',
    route: html('Per cent'),
    says: /Per cent/,
    title: 'A page',
  },
  {
    path: '/hangs-up',
    what: 'a connection that ends in the middle',
    route: (response) => void response.writeHead(200).write(html('Half'), () => response.destroy()),
    error: 'web.connection-failed',
    says: /The connection to .*\/hangs-up failed/,
  },
  {
    path: '/shorter',
    what: 'less than Content-Length announces',
    route: raw('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n<p>ten'),
    error: 'web.connection-failed',
    says: /content-length/,
  },
  {
    path: '/not-a-length',
    what: 'a Content-Length that is no number',
    route: raw('HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n<p>ten'),
    error: 'web.connection-failed',
    says: /HTTP\/1\.1 protocol/,
  },
  {
    path: '/truncated-gzip',
    what: 'a gzip stream that is cut off',
    route: answer(gzipSync(html(longText)).subarray(0, 8_000), { headers: { 'content-encoding': 'gzip' } }),
    error: 'web.body-damaged',
    says: /gzip content .* cannot be decompressed: unexpected end/,
  },
  {
    path: '/no-gzip',
    what: 'gzip that is none',
    route: answer(html('Plain'), { headers: { 'content-encoding': 'gzip' } }),
    error: 'web.body-damaged',
    says: /incorrect header/,
  },
  {
    path: '/bomb',
    isHeavy: true,
    what: 'a gzip bomb',
    route: answer(bomb, { headers: { 'content-encoding': 'gzip' } }),
    error: 'web.body-too-large',
    says: /larger than 10485760 bytes/,
  },
  {
    path: '/endless',
    isHeavy: true,
    what: 'a body without end',
    route: pour(
      function* () {
        for (;;) yield fill(65_536, 'more ');
      },
      { 'content-type': 'text/html' },
    ),
    error: 'web.body-too-large',
    says: /larger than 10485760 bytes/,
  },
  {
    path: '/one-line',
    isHeavy: true,
    what: '50 MB of HTML on a single line',
    route: answer(fill(50_000_000, 'word ')),
    error: 'web.body-too-large',
    says: /larger than 10485760 bytes/,
  },
  {
    path: '/headers',
    what: 'headers without end',
    route: every(1, ({ socket }) => void socket?.write(`X-More-${Math.random()}: ${'y'.repeat(1_000)}\r\n`)),
    error: 'web.connection-failed',
    says: /HPE_|protocol|Headers Overflow/,
  },
  {
    path: '/silence',
    what: 'a server that never answers',
    route: () => {},
    error: 'web.timeout',
    says: /did not answer within 500 ms/,
  },
  {
    path: '/drip',
    what: 'a body that comes drop by drop',
    route: every(50, (response) => void response.write('x')),
    error: 'web.timeout',
    says: /did not send its whole content within 1000 ms/,
  },
  {
    path: '/loop',
    what: 'a redirect loop',
    route: redirect('/loop'),
    error: 'web.redirect-loop',
    says: /redirects in a circle/,
  },
  {
    path: '/script',
    what: 'a redirect to javascript:',
    route: redirect('javascript:alert(1)'),
    error: 'web.invalid-redirect',
    says: /"javascript:alert\(1\)", which is not a web address/,
  },
  {
    path: '/broken-pdf',
    what: 'a PDF that is broken',
    route: answer('%PDF-1.4\n1 0 obj<</Type/Catalog', { type: 'application/pdf' }),
    error: 'fetch.extraction-failed',
    says: /Invalid PDF structure/,
  },
  {
    path: '/locked-pdf',
    what: 'a PDF with a password',
    route: answer(ENCRYPTED_PDF, { type: 'application/pdf' }),
    error: 'fetch.extraction-failed',
    says: /[Pp]assword/,
  },
  {
    path: '/deep',
    what: '100,000 open divs',
    route: `<title>Deep</title>${'<div>'.repeat(100_000)}at the bottom`,
    says: /^at the bottom$/,
    title: 'Deep',
    isHeavy: true,
  },
  {
    path: '/entities',
    what: 'XML with external entities',
    route: answer(
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY b "lol">]><a>&x;&b;</a>',
      { type: 'application/xml' },
    ),
    says: /<a>&x;&b;<\/a>/,
  },
  {
    path: '/half-json',
    what: 'JSON that is cut off',
    route: answer('{"a": [1,', { type: 'application/json' }),
    says: /\{"a": \[1,/,
  },
];
