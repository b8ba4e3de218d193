import { stripCredentials } from '@sheaf/web';
import { describe, expect, it } from 'vitest';

describe('an address without its credentials', () => {
  it.each([
    ['https://me:secret@example.com/docs?a=b#c', 'https://example.com/docs?a=b#c'],
    ['https://token@example.com/', 'https://example.com/'],
    ['http:me:secret@example.com', 'http://example.com/'],
    ['HTTPS:\\\\me:secret@example.com/', 'https://example.com/'],
    ['ftp://me:sec@ret@example.com/x', 'ftp://example.com/x'],
    ['postgres://me:secret@db/x', 'postgres://db/x'],
    ['https://me:secret@[::/', 'https://[::/'],
    ['https://me:sec ret@exa mple/', 'https://exa mple/'],
  ])('%s is %s', (address, stripped) => {
    expect(stripCredentials(address)).toBe(stripped);
  });

  it.each([
    'https://example.com/@someone/post',
    'https://example.com/?mail=me@example.com',
    './handbook@2',
    'C:\\docs@work',
    'mailto:me@example.com',
    'me@example.com',
    'EXAMPLE.com:80/a@b',
    '',
  ])('%s stays as it is', (address) => {
    expect(stripCredentials(address)).toBe(address);
  });
});
