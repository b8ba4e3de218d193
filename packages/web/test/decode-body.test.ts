import { describe, expect, test } from 'vitest';
import { decodeBody } from '../src/index.ts';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));

// "naïve – €" in windows-1252, and "日本" in Shift_JIS.
const WINDOWS_1252 = [0x6e, 0x61, 0xef, 0x76, 0x65, 0x20, 0x96, 0x20, 0x80];
const SHIFT_JIS = [0x93, 0xfa, 0x96, 0x7b];

describe('decodeBody', () => {
  test('the header names the charset', () => {
    expect(decodeBody(bytes(WINDOWS_1252), { contentTypeHeader: 'text/html; charset=windows-1252' })).toEqual({
      text: 'naïve – €',
      charset: 'windows-1252',
    });
    expect(decodeBody(bytes(SHIFT_JIS), { contentTypeHeader: 'text/html;charset="Shift_JIS"' })).toEqual({
      text: '日本',
      charset: 'shift_jis',
    });
  });

  test('iso-8859-1 means windows-1252, as in browsers', () => {
    const contentTypeHeader = 'text/html; charset=ISO-8859-1';
    expect(decodeBody(bytes(WINDOWS_1252), { contentTypeHeader }).text).toBe('naïve – €');
  });

  test('a meta element names the charset', () => {
    const page = bytes('<html><meta charset=shift_jis><p>', SHIFT_JIS);
    expect(decodeBody(page, { contentTypeHeader: 'text/html' })).toMatchObject({ charset: 'shift_jis' });
    expect(decodeBody(page).text).toContain('日本');
    const old = bytes('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', [0xcf]);
    expect(decodeBody(old, { contentTypeHeader: 'text/html' }).text).toContain('П');
  });

  test('a meta element is found after 2,000 bytes of scripts', () => {
    const page = bytes(`<script>${' '.repeat(2000)}</script><meta charset=shift_jis><p>`, SHIFT_JIS);
    expect(decodeBody(page, { contentTypeHeader: 'text/html' }).text).toContain('日本');
  });

  test('the header wins over the meta element', () => {
    const page = bytes('<meta charset=shift_jis>', [0xc3, 0xa9]);
    expect(decodeBody(page, { contentTypeHeader: 'text/html; charset=utf-8' })).toEqual({
      text: '<meta charset=shift_jis>é',
      charset: 'utf-8',
    });
  });

  test.each([
    ['utf-8', [0xef, 0xbb, 0xbf, 0x68, 0xc3, 0xa9]],
    ['utf-16le', [0xff, 0xfe, 0x68, 0x00, 0xe9, 0x00]],
    ['utf-16be', [0xfe, 0xff, 0x00, 0x68, 0x00, 0xe9]],
  ])('a byte order mark of %s wins over the header and is removed', (charset, body) => {
    expect(decodeBody(bytes(body), { contentTypeHeader: 'text/html; charset=shift_jis' })).toEqual({
      text: 'hé',
      charset,
    });
    expect(decodeBody(bytes(body), { contentTypeHeader: 'text/plain' })).toEqual({ text: 'hé', charset });
  });

  test('nothing declared: UTF-8 where it is valid, else windows-1252', () => {
    expect(decodeBody(bytes([0x68, 0xc3, 0xa9]))).toEqual({ text: 'hé', charset: 'utf-8' });
    expect(decodeBody(bytes(WINDOWS_1252))).toEqual({ text: 'naïve – €', charset: 'windows-1252' });
    expect(decodeBody(bytes(WINDOWS_1252), { contentTypeHeader: 'text/plain' }).charset).toBe('windows-1252');
    expect(decodeBody(new Uint8Array())).toEqual({ text: '', charset: 'utf-8' });
  });

  test('plain text declares nothing inside', () => {
    const text = '<meta charset=shift_jis>é';
    expect(decodeBody(Buffer.from(text), { contentTypeHeader: 'text/plain' })).toEqual({ text, charset: 'utf-8' });
  });

  test('an XML declaration names the charset, and XML without one is UTF-8', () => {
    const feed = bytes('<?xml version="1.0" encoding="windows-1252"?><a>', WINDOWS_1252, '</a>');
    expect(decodeBody(feed, { contentTypeHeader: 'application/rss+xml' }).text).toContain('naïve – €');
    expect(decodeBody(bytes([0x3c, 0x61, 0xe9]), { contentTypeHeader: 'text/xml' })).toEqual({
      text: '<a\uFFFD',
      charset: 'utf-8',
    });
  });

  test('wrong bytes become replacement characters', () => {
    expect(decodeBody(bytes([0x68, 0xff, 0x69]), { contentTypeHeader: 'text/html; charset=utf-8' }).text).toBe(
      'h\uFFFDi',
    );
    expect(decodeBody(bytes([0x93]), { contentTypeHeader: 'text/html; charset=shift_jis' }).text).toBe('\uFFFD');
  });

  test.each(['no-such-charset', 'replacement', 'x-user-defined', 'iso-2022-kr', '', '"'])(
    'charset "%s" is no reason to throw',
    (charset) => {
      expect(decodeBody(bytes('plain'), { contentTypeHeader: `text/html; charset=${charset}` }).text).toBe('plain');
    },
  );

  test.each(['', ';', 'nonsense', 'text/html;;;', '/;charset'])('Content-Type "%s" is no reason to throw', (header) => {
    expect(decodeBody(bytes('plain'), { contentTypeHeader: header }).text).toBe('plain');
  });
});
