import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalizeUrl, MAX_URL_LENGTH, registrableDomain, tryCanonicalizeUrl, urlHost } from '../src/index.ts';

describe('canonicalizeUrl', () => {
  test.each([
    ['an empty path is /', 'http://example.com', 'http://example.com/'],
    ['scheme and host are in lower case', 'HTTP://EXAMPLE.Com/', 'http://example.com/'],
    ['the case of the path is kept', 'http://example.com/A', 'http://example.com/A'],
    ['a trailing slash is kept', 'http://example.com/a/', 'http://example.com/a/'],
    ['no trailing slash is added', 'http://example.com/a', 'http://example.com/a'],
    ['the fragment is removed', 'http://example.com/a#b?c', 'http://example.com/a'],
    ['the default port of http is removed', 'http://example.com:80/', 'http://example.com/'],
    ['the default port of https is removed', 'https://example.com:443/', 'https://example.com/'],
    ['another port is kept', 'https://example.com:80/', 'https://example.com:80/'],
    ['user name and password are removed', 'http://user:secret@example.com/', 'http://example.com/'],
    ['the final dot of the host is removed', 'http://example.com./', 'http://example.com/'],
    ['the final dot is removed before a port', 'http://example.com.:8080/', 'http://example.com:8080/'],
    ['a host that is a number after all is an address', 'http://127.0.0.1../', 'http://127.0.0.1/'],
    ['www stays', 'http://www.example.com/', 'http://www.example.com/'],
    ['an international host has its ASCII form', 'http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['an IPv4 address has four decimal numbers', 'http://0x7f.1/', 'http://127.0.0.1/'],
    ['an IPv6 address is short', 'http://[0:0:0:0:0:0:0:1]/', 'http://[::1]/'],
    ['dot segments are resolved', 'http://example.com/a/./b/../c', 'http://example.com/a/c'],
    ['escaped dot segments are resolved', 'http://example.com/a/%2E%2e/c', 'http://example.com/c'],
    ['empty segments are kept', 'http://example.com//a//b', 'http://example.com//a//b'],
    ['the order of the query is kept', 'http://example.com/?b=1&a=2', 'http://example.com/?b=1&a=2'],
    ['an empty query is removed', 'http://example.com/a?', 'http://example.com/a'],
    ['an empty query before a fragment is removed', 'http://example.com/a?#x', 'http://example.com/a'],
    ['an empty value is kept', 'http://example.com/?a=', 'http://example.com/?a='],
    ['a plus is kept', 'http://example.com/?q=a+b', 'http://example.com/?q=a+b'],
    ['escapes of unreserved characters are decoded', 'http://example.com/%7e%41%2D%5f', 'http://example.com/~A-_'],
    ['other escapes have upper-case digits', 'http://example.com/%2f%c3%a9', 'http://example.com/%2F%C3%A9'],
    ['escapes in the query too', 'http://example.com/?%71=%c3%a9%26', 'http://example.com/?q=%C3%A9%26'],
    ['raw characters are escaped as UTF-8', 'http://example.com/é?ツ', 'http://example.com/%C3%A9?%E3%83%84'],
    ['what may not stand raw is escaped', 'http://example.com/a|b[c]?{d}', 'http://example.com/a%7Cb%5Bc%5D?%7Bd%7D'],
    ['a percent sign alone is escaped', 'http://example.com/100%', 'http://example.com/100%25'],
    ['half an escape is escaped', 'http://example.com/%4%zz?%', 'http://example.com/%254%25zz?%25'],
    ['an escaped percent sign stays', 'http://example.com/%2541', 'http://example.com/%2541'],
    [
      'letters that only look like ASCII are escaped',
      'http://example.com/\u017f\u212a',
      'http://example.com/%C5%BF%E2%84%AA',
    ],
    ['spaces around are removed', '  http://example.com/a b \n', 'http://example.com/a%20b'],
    ['backslashes are slashes', 'http:\\\\example.com\\a', 'http://example.com/a'],
  ])('%s', (_fact, input, expected) => {
    expect(canonicalizeUrl(input)).toBe(expected);
  });

  test('a relative address is resolved against its base', () => {
    expect(canonicalizeUrl('../b?c#d', 'https://example.com/x/y/z')).toBe('https://example.com/x/b?c');
    expect(canonicalizeUrl('//other.example', new URL('https://example.com/'))).toBe('https://other.example/');
  });

  test.each([
    'example.com/a',
    '/a',
    '',
    'ftp://example.com/',
    'mailto:a@example.com',
    'javascript:alert(1)',
    'http://',
    'http://./',
    'http://999.1.1.1../',
    'http://exa mple.com/',
  ])('"%s" is not a web address', (input) => {
    expect(() => canonicalizeUrl(input)).toThrow(expect.objectContaining({ code: 'web.invalid-url' }));
    expect(tryCanonicalizeUrl(input)).toBeUndefined();
  });

  test('8,192 characters are accepted, one more is not', () => {
    const base = 'http://example.com/';
    const longest = base + 'a'.repeat(MAX_URL_LENGTH - base.length);
    expect(MAX_URL_LENGTH).toBe(8192);
    expect(canonicalizeUrl(longest)).toBe(longest);
    expect(() => canonicalizeUrl(`${longest}a`)).toThrow(
      expect.objectContaining({ code: 'web.url-too-long', details: expect.objectContaining({ length: 8193 }) }),
    );
    expect(tryCanonicalizeUrl(`${longest}a`)).toBeUndefined();
  });

  test('the length that counts is that of the canonical form', () => {
    expect(canonicalizeUrl(`http://example.com/#${'a'.repeat(9000)}`)).toBe('http://example.com/');
    expect(() => canonicalizeUrl(`http://example.com/${'é'.repeat(2000)}`)).toThrow(
      expect.objectContaining({ code: 'web.url-too-long' }),
    );
  });

  test('is idempotent and leaves only characters that may stand in a URL', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('%', '%4', '%41', '%2f', '%2E%2e', '.', '..', '/', '//', '?', '#', '@', ':', '\\', '|', '[', ' '),
    );
    const tail = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(
        fc.constantFrom('http://example.com/', 'https://Bücher.example.:444/a/?', 'http://'),
        tail,
        (start, rest) => {
          const canonical = tryCanonicalizeUrl(start + rest);
          if (canonical === undefined) return;
          expect(canonicalizeUrl(canonical)).toBe(canonical);
          expect(canonical).toMatch(/^https?:\/\/[^/?#@\s]+\/(?:%[0-9A-F]{2}|[\w\-.~!$&'()*+,;=:@/?])*$/);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('every web URL of the generator has the same resource after canonicalisation', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const [before, after] = [new URL(url), new URL(canonicalizeUrl(url))];
        expect(after.host).toBe(before.host);
        expect(decodeURIComponent(after.pathname)).toBe(decodeURIComponent(before.pathname));
        expect([...after.searchParams]).toEqual([...before.searchParams]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('urlHost', () => {
  test.each([
    ['http://Example.com/a', 'example.com'],
    ['https://example.com:443/', 'example.com'],
    ['http://example.com.:8080/', 'example.com:8080'],
    ['http://[::1]:3000/', '[::1]:3000'],
  ])('%s has the host %s', (url, host) => {
    expect(urlHost(url)).toBe(host);
  });
});

describe('registrableDomain', () => {
  test.each([
    ['https://a.b.example.com/', 'example.com'],
    ['https://docs.example.co.uk/', 'example.co.uk'],
    ['https://someone.github.io/', 'someone.github.io'],
    ['https://bücher.example.org/', 'example.org'],
    ['http://localhost:3000/', 'localhost'],
    ['http://127.0.0.1/', '127.0.0.1'],
    ['http://[::1]/', '[::1]'],
    ['http://co.uk/', 'co.uk'],
  ])('that of %s is %s', (url, domain) => {
    expect(registrableDomain(url)).toBe(domain);
  });
});
