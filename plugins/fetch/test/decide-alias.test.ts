import { describe, expect, test } from 'vitest';
import { type BatchAlias, canonicalAlias, orderAliases, redirectAlias } from '../src/step/decide-alias.ts';

const hops = (...urls: readonly string[]) =>
  urls.slice(1).map((to, index) => ({ from: urls[index] as string, to, status: 302, permanent: false }));
const redirect = (...urls: readonly string[]) =>
  redirectAlias({ uri: urls[0] as string, finalUrl: urls.at(-1) as string, redirects: hops(...urls) });

describe('redirects', () => {
  test('within a host make every address on the way an alias of the last', () => {
    expect(redirect('http://a.test/1', 'http://a.test/2', 'http://a.test/3')).toEqual({
      canonicalUri: 'http://a.test/3',
      aliases: ['http://a.test/1', 'http://a.test/2'],
      kind: 'redirect',
    });
  });

  test('from http to https stay within the host', () => {
    expect(redirect('http://a.test/x', 'https://a.test/x')?.canonicalUri).toBe('https://a.test/x');
  });

  test('make no alias when they leave the host, even to come back', () => {
    expect(redirect('http://a.test/1', 'http://b.test/1')).toBeUndefined();
    expect(redirect('http://a.test/1', 'http://www.a.test/1')).toBeUndefined();
    expect(redirect('http://a.test:8080/1', 'http://a.test:9090/1')).toBeUndefined();
    expect(redirect('http://a.test/1', 'http://login.test/', 'http://a.test/2')).toBeUndefined();
  });

  test('to another spelling of the same address make none', () => {
    expect(redirect('http://a.test/x', 'http://a.test/x#top')).toBeUndefined();
    expect(redirect('http://a.test/x')).toBeUndefined();
  });
});

describe('canonical addresses', () => {
  const at = (uri: string, canonicalUri: string | null, finalUrl = uri) =>
    canonicalAlias({ uri, finalUrl, canonicalUri });

  test('on the host of the document make it an alias', () => {
    expect(at('http://a.test/print', 'http://a.test/page')).toEqual({
      canonicalUri: 'http://a.test/page',
      aliases: ['http://a.test/print'],
      kind: 'rel-canonical',
    });
  });

  test('make none when absent, the same, or on another host', () => {
    expect(at('http://a.test/page', null)).toBeUndefined();
    expect(at('http://a.test/page', 'http://a.test/page')).toBeUndefined();
    expect(at('http://a.test/page', 'http://b.test/page')).toBeUndefined();
  });

  test('are not taken from a page that another host sent', () => {
    expect(at('http://a.test/partner', 'http://a.test/', 'http://b.test/welcome')).toBeUndefined();
  });

  test('take the redirects before them along', () => {
    const before = redirect('http://a.test/1', 'http://a.test/2');
    const facts = { uri: 'http://a.test/1', finalUrl: 'http://a.test/2', redirect: before };
    expect(canonicalAlias({ ...facts, canonicalUri: 'http://a.test/3' })).toEqual({
      canonicalUri: 'http://a.test/3',
      aliases: ['http://a.test/1', 'http://a.test/2'],
      kind: 'rel-canonical',
    });
    expect(canonicalAlias({ ...facts, canonicalUri: 'http://a.test/2' })).toBeUndefined();
  });

  test('make none for what is not on the web', () => {
    expect(at('file:///a.html', 'http://a.test/a')).toBeUndefined();
  });
});

describe('the aliases of a batch', () => {
  const alias = (uri: string, canonicalUri: string, kind: BatchAlias['kind'] = 'rel-canonical'): BatchAlias => ({
    documentId: uri,
    uri,
    canonicalUri,
    aliases: [uri],
    kind,
  });
  const order = (...aliases: readonly BatchAlias[]) =>
    orderAliases(aliases).map(({ uri, canonicalUri }) => `${uri}>${canonicalUri}`);

  test('begin with the redirects', () => {
    expect(order(alias('a', 'b'), alias('c', 'd', 'redirect'))).toEqual(['c>d', 'a>b']);
  });

  test('never lead in a circle', () => {
    expect(order(alias('a', 'b'), alias('b', 'a'))).toEqual(['a>b']);
    expect(order(alias('a', 'b'), alias('b', 'c'), alias('c', 'a'))).toEqual(['a>b', 'b>c']);
    // What was seen weighs more than what a page says.
    expect(order(alias('b', 'a'), alias('a', 'b', 'redirect'))).toEqual(['a>b']);
  });
});
