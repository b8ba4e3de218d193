import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson, cleanJson, cleanText, contentHash, createId, digestOf, isFinalStatus } from '../src/index.ts';

describe('canonicalJson', () => {
  it('sorts keys at every depth and writes no white space', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }], a: 'x' })).toBe('{"a":"x","b":[{"a":null,"z":1}]}');
  });

  it('keeps the order of arrays and writes numbers as ECMAScript does', () => {
    expect(canonicalJson([3, 1, 2, 1e21, 0.1, -0])).toBe('[3,1,2,1e+21,0.1,0]');
  });

  it('refuses what JSON cannot say', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson(Number.NaN)).toThrow();
  });
});

describe('content hashes', () => {
  it('are the SHA-256 of the bytes', () => {
    // FIPS 180-4, the hash of the empty message.
    expect(contentHash('')).toBe('sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(contentHash(new Uint8Array([0xc3, 0xa9]))).toBe(contentHash('é'));
  });

  it('of values do not depend on the order of keys', () => {
    expect(digestOf({ a: 1, b: { c: 2, d: 3 } })).toBe(digestOf({ b: { d: 3, c: 2 }, a: 1 }));
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
    expect(digestOf({ a: 1 })).toBe(`sha256-${createHash('sha256').update('{"a":1}').digest('hex')}`);
  });
});

describe('ids', () => {
  it('are UUIDv7 in rising order', () => {
    const ids = Array.from({ length: 5_000 }, () => createId());
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('begin with the time of their making', () => {
    const before = Date.now();
    const milliseconds = Number.parseInt(createId().replaceAll('-', '').slice(0, 12), 16);
    expect(milliseconds).toBeGreaterThanOrEqual(before);
    expect(milliseconds).toBeLessThanOrEqual(Date.now());
  });
});

describe('cleanText', () => {
  it('removes NUL and replaces lone surrogates', () => {
    expect(cleanText('a\0b\ud800c\udc00d')).toBe('ab\ufffdc\ufffdd');
  });

  it('leaves whole characters alone', () => {
    expect(cleanText('naïve 😀 日本')).toBe('naïve 😀 日本');
  });

  it('cuts between characters', () => {
    expect(cleanText('ab😀cd', 3)).toBe('ab');
    expect(cleanText('ab😀cd', 4)).toBe('ab😀');
    expect(cleanText('abc', 3)).toBe('abc');
  });

  it('cleans every string of a JSON value', () => {
    expect(cleanJson({ 'k\0': ['a\0', { b: '\ud800' }], n: 1, t: true, z: null })).toEqual({
      k: ['a', { b: '\ufffd' }],
      n: 1,
      t: true,
      z: null,
    });
  });
});

describe('statuses', () => {
  it('that are final are those nothing leaves by itself', () => {
    expect(['pending', 'running', 'error'].map((status) => isFinalStatus(status as 'pending'))).toEqual([
      false,
      false,
      false,
    ]);
    expect(['completed', 'failed', 'canceled', 'skipped'].map((status) => isFinalStatus(status as 'failed'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });
});
