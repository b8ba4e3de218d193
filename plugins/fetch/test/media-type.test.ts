import { describe, expect, test } from 'vitest';
import { decideFormat } from '../src/index.ts';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const decide = (bytes: Uint8Array | string, contentType?: string, charset?: string) =>
  decideFormat({ bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, contentType, charset });

describe('the format of a document', () => {
  test.each([
    ['text/html', 'html'],
    ['application/xhtml+xml', 'html'],
    ['text/markdown', 'markdown'],
    ['text/plain', 'text'],
    ['text/csv', 'csv'],
    ['application/json', 'json'],
    ['application/ld+json', 'json'],
    ['application/xml', 'xml'],
    ['application/atom+xml', 'xml'],
    ['image/svg+xml', undefined],
    ['text/css', undefined],
    ['text/javascript', undefined],
  ])('of text that the header calls %s is %s', (contentType, format) => {
    expect(decide('some text', contentType)).toEqual({ format, mimeType: contentType });
  });

  test('is what the text looks like where the header does not know', () => {
    for (const contentType of [undefined, 'application/octet-stream']) {
      expect(decide('\n <!DOCTYPE HTML><p>x', contentType).format).toBe('html');
      expect(decide('\u{feff}<html>', contentType).format).toBe('html');
      expect(decide('<?xml version="1.0"?><a/>', contentType).format).toBe('xml');
      expect(decide('Dear reader', contentType).format).toBe('text');
      expect(decide('<pressing> is a word in brackets', contentType).format).toBe('text');
    }
  });

  test('of text is not guessed against the header: a listing of HTML is text', () => {
    expect(decide('<!doctype html><p>x', 'text/plain').format).toBe('text');
  });

  test('is PDF by its first bytes alone', () => {
    const pdf = latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
    for (const contentType of ['application/pdf', 'text/html', 'application/octet-stream', undefined]) {
      expect(decide(pdf, contentType)).toEqual({ format: 'pdf', mimeType: 'application/pdf' });
    }
    expect(decide('Not found', 'application/pdf')).toEqual({ format: undefined, mimeType: 'application/pdf' });
    expect(decide('<html><title>404</title>', 'application/pdf').format).toBe('html');
  });

  test.each([
    ['\x7fELF\x02\x01\x01\x00', 'application/x-elf'],
    ['\x89PNG\r\n\x1a\n\x00\x00', 'image/png'],
    ['PK\x03\x04\x14\x00', 'application/zip'],
    ['\x00\x01\x02 anything', 'application/octet-stream'],
  ])('of binary data is none, whatever the header: %j', (bytes, mimeType) => {
    expect(decide(latin1(bytes), 'text/html')).toEqual({ format: undefined, mimeType });
  });

  test('of binary data that is not known by its bytes has the name that the header gives it', () => {
    const bytes = latin1('\x00\x01\x02');
    expect(decide(bytes, 'application/x-thing')).toEqual({ format: undefined, mimeType: 'application/x-thing' });
  });

  test('is not mistaken for binary in two-byte and escaping encodings', () => {
    const utf16 = Buffer.from('<p>hello', 'utf16le');
    expect(decide(Buffer.concat([latin1('\xff\xfe'), utf16]), 'text/html').format).toBe('html');
    expect(decide(utf16, 'text/html', 'utf-16le').format).toBe('html');
    expect(decide(latin1('\x1b$B4A;z\x1b(B'), 'text/plain', 'iso-2022-jp').format).toBe('text');
  });

  test('of an empty body is what the header says', () => {
    expect(decide('', 'text/html')).toEqual({ format: 'html', mimeType: 'text/html' });
  });

  test('is not taken from two letters that text may begin with', () => {
    expect(decide('BMW makes cars, MZ made motorcycles', 'text/plain').format).toBe('text');
  });
});
