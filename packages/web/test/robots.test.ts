import { describe, expect, test } from 'vitest';
import { parseRobots } from '../src/index.ts';

const ORIGIN = 'https://example.com';
const isAllowed = (text: string, path: string, userAgent = 'Sheaf'): boolean =>
  parseRobots(text, `${ORIGIN}/robots.txt`).isAllowed(ORIGIN + path, userAgent);

describe('which group counts', () => {
  test('an empty file allows everything', () => {
    expect(isAllowed('', '/a')).toBe(true);
    expect(isAllowed('<html><p>Not found</p></html>', '/a')).toBe(true);
  });

  test('a group of the crawler counts instead of that of *', () => {
    const text = 'User-agent: *\nDisallow: /\n\nUser-agent: sheaf\nDisallow: /private';
    expect(isAllowed(text, '/a')).toBe(true);
    expect(isAllowed(text, '/private')).toBe(false);
    expect(isAllowed(text, '/a', 'Other')).toBe(false);
  });

  test('groups of one crawler are merged', () => {
    const text = 'User-agent: sheaf\nDisallow: /a\n\nUser-agent: x\nDisallow: /b\n\nUser-agent: SHEAF\nDisallow: /c';
    expect(['/a', '/b', '/c'].map((path) => isAllowed(text, path))).toEqual([false, true, false]);
  });

  test('several user agents share the rules that follow', () => {
    const text = 'User-agent: x\nUser-agent: sheaf\n\nDisallow: /a\nUser-agent: y\nDisallow: /b';
    expect(['/a', '/b'].map((path) => isAllowed(text, path))).toEqual([false, true]);
  });

  test('a sitemap, a comment or an unknown line does not end the list of user agents', () => {
    const text = 'User-agent: sheaf\nSitemap: /s.xml\n# a\nHost: x\nUser-agent: y\nDisallow: /a';
    expect(isAllowed(text, '/a')).toBe(false);
  });

  test('a crawl delay ends the list of user agents', () => {
    const text = 'User-agent: *\nCrawl-delay: 5\n\nUser-agent: bad\nDisallow: /';
    expect(isAllowed(text, '/a')).toBe(true);
    expect(isAllowed(text, '/a', 'bad')).toBe(false);
  });

  test('a group without rules allows everything to its crawler', () => {
    const text = 'User-agent: *\nDisallow: /\n\nUser-agent: sheaf\n';
    expect(isAllowed(text, '/a')).toBe(true);
  });

  test('rules before the first user agent are ignored', () => {
    expect(isAllowed('Disallow: /\nUser-agent: x\nDisallow: /', '/a')).toBe(true);
  });

  test.each(['sheaf/2.0', 'Sheaf bot', 'sheaf # comment', '  SHEAF\t'])('the name is read from "%s"', (agent) => {
    expect(isAllowed(`User-agent: ${agent}\nDisallow: /`, '/a', 'Sheaf/1.0 (+https://example.org)')).toBe(false);
  });

  test('a name that only begins alike is another crawler', () => {
    expect(isAllowed('User-agent: sheaf-images\nDisallow: /', '/a')).toBe(true);
    expect(isAllowed('User-agent: she\nDisallow: /', '/a')).toBe(true);
  });
});

describe('which rule counts', () => {
  test('the longest pattern wins, whatever the order', () => {
    const rules = ['Disallow: /a', 'Allow: /a/b', 'Disallow: /a/b/c'];
    for (const lines of [rules, rules.toReversed()]) {
      const text = ['User-agent: *', ...lines].join('\n');
      expect(['/a', '/a/b', '/a/b/c', '/b'].map((path) => isAllowed(text, path))).toEqual([false, true, false, true]);
    }
  });

  test('of equal patterns the one that allows wins', () => {
    expect(isAllowed('User-agent: *\nDisallow: /a\nAllow: /a', '/a')).toBe(true);
    expect(isAllowed('User-agent: *\nAllow: /a\nDisallow: /a', '/a')).toBe(true);
  });

  test('a rule without a path has no effect', () => {
    expect(isAllowed('User-agent: *\nDisallow: /\nAllow:', '/a')).toBe(false);
    expect(isAllowed('User-agent: *\nDisallow:', '/a')).toBe(true);
  });

  test('paths are compared with their case', () => {
    expect(isAllowed('User-agent: *\nDisallow: /A', '/a')).toBe(true);
  });

  test('robots.txt itself is always allowed', () => {
    expect(isAllowed('User-agent: *\nDisallow: /', '/robots.txt')).toBe(true);
  });

  test('the query belongs to the path, the fragment does not', () => {
    const text = 'User-agent: *\nDisallow: /*?print\nDisallow: /*secret';
    expect(isAllowed(text, '/a?print=1')).toBe(false);
    expect(isAllowed(text, '/a?x=1')).toBe(true);
    expect(isAllowed(text, '/a#secret')).toBe(true);
  });

  test('an address of another origin is not governed', () => {
    const robots = parseRobots('User-agent: *\nDisallow: /', `${ORIGIN}/robots.txt`);
    expect(robots.isAllowed('http://example.com/a', 'Sheaf')).toBe(true);
    expect(robots.isAllowed('https://example.com:8443/a', 'Sheaf')).toBe(true);
    expect(robots.isAllowed('https://example.com:443/a', 'Sheaf')).toBe(false);
  });
});

describe('patterns', () => {
  test.each([
    ['/fish', ['/fish', '/fish.html', '/fishheads/a'], ['/Fish', '/catfish', '/']],
    ['/fish/', ['/fish/', '/fish/a'], ['/fish', '/fish.html']],
    ['/*.php', ['/a.php', '/b/a.php?x', '/a.phps'], ['/a.PHP', '/php']],
    ['/*.php$', ['/a.php', '/b/a.php', '/a.php.php'], ['/a.php?x', '/a.php/', '/a.php5']],
    ['/fish*.php', ['/fish.php', '/fishheads/a.php?x'], ['/Fish.php', '/fis.php']],
    ['/a*b*c$', ['/abc', '/axbxbxc', '/abcc'], ['/abcd', '/acb']],
    ['/a*a$', ['/aa', '/aba'], ['/a']],
    ['/$', ['/'], ['/a']],
    ['*', ['/', '/a'], []],
    ['/a$b', ['/a$b'], ['/a']],
    ['/**a', ['/a', '/ba'], ['/b']],
  ])('%s', (pattern, matching, others) => {
    const text = `User-agent: *\nDisallow: ${pattern}`;
    expect(matching.map((path) => [path, isAllowed(text, path)])).toEqual(matching.map((path) => [path, false]));
    expect(others.map((path) => [path, isAllowed(text, path)])).toEqual(others.map((path) => [path, true]));
  });

  test.each([
    ['/%7Ejoe', '/~joe'],
    ['/~joe', '/%7Ejoe'],
    ['/%c3%a9', '/é'],
    ['/é', '/%C3%A9'],
    ['/a%2fb', '/a%2Fb'],
    ["/*?q='", "/a?q='x'"],
    ['/a|b', '/a|b'],
  ])('%s matches %s, however both are escaped', (pattern, path) => {
    expect(isAllowed(`User-agent: *\nDisallow: ${pattern}`, path)).toBe(false);
  });

  test('an escaped slash is not a slash', () => {
    expect(isAllowed('User-agent: *\nDisallow: /a/b', '/a%2Fb')).toBe(true);
  });

  test('patterns made to be slow are not', () => {
    const line = `Disallow: /${'*a'.repeat(500)}b\n`;
    const robots = parseRobots(`User-agent: *\n${line.repeat(480)}`, `${ORIGIN}/robots.txt`);
    const startedAt = performance.now();
    expect(robots.isAllowed(`${ORIGIN}/${'a'.repeat(8000)}`, 'Sheaf')).toBe(true);
    // A matcher that tries all places needs seconds.
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('lines', () => {
  test.each([
    ['carriage returns', 'User-agent: *\rDisallow: /a\r'],
    ['both', 'User-agent: *\r\nDisallow: /a\r\n'],
    ['a byte order mark', '\uFEFFUser-agent: *\nDisallow: /a'],
    ['no colon', 'User-agent *\nDisallow /a'],
    ['spaces before the colon', 'User-agent : *\nDisallow   :/a'],
    ['any case', 'USER-AGENT: *\ndISALLOW: /a'],
    ['a comment', 'User-agent: * # all\nDisallow: /a# this'],
    ['a common misspelling', 'Useragent: *\nDissallow: /a'],
  ])('%s', (_fact, text) => {
    expect(isAllowed(text, '/a')).toBe(false);
    expect(isAllowed(text, '/b')).toBe(true);
  });

  test('what a line has beyond 16,663 characters is ignored', () => {
    const path = `/${'a'.repeat(20_000)}`;
    const text = `User-agent: *\nDisallow: ${path}`;
    expect(isAllowed(text, path.slice(0, 16_700))).toBe(false);
    expect(isAllowed(text, path.slice(0, 16_600))).toBe(true);
  });
});

describe('crawlDelay', () => {
  const delay = (text: string, userAgent = 'Sheaf/1.0'): number | undefined =>
    parseRobots(text, `${ORIGIN}/robots.txt`).crawlDelay(userAgent);

  test('is that of the crawler, in seconds', () => {
    const text = 'User-agent: *\nCrawl-delay: 10\n\nUser-agent: sheaf\nCrawl-delay: 0.5';
    expect(delay(text)).toBe(0.5);
    expect(delay(text, 'Other')).toBe(10);
  });

  test('the group of * does not lend its delay to a crawler with a group of its own', () => {
    expect(delay('User-agent: *\nCrawl-delay: 10\n\nUser-agent: sheaf\nDisallow: /a')).toBeUndefined();
  });

  test('the longest of several counts', () => {
    expect(delay('User-agent: sheaf\nCrawl-delay: 5\n\nUser-agent: sheaf\nCrawl-delay: 2')).toBe(5);
  });

  test.each(['0', '-1', 'soon', '', 'Infinity'])('"%s" is none', (value) => {
    expect(delay(`User-agent: *\nCrawl-delay: ${value}`)).toBeUndefined();
  });
});

describe('sitemaps', () => {
  test('are absolute, in order, each once, wherever they stand', () => {
    const text = [
      'Sitemap: https://example.com/one.xml',
      'User-agent: *',
      'sitemap: /two.xml?a=b',
      'Disallow: /',
      'SITEMAP: https://cdn.example.net/three.xml # comment',
      'Sitemap: https://example.com/one.xml',
      'Sitemap: ftp://example.com/no.xml',
      'Sitemap:',
    ].join('\n');
    expect(parseRobots(text, `${ORIGIN}/robots.txt`).sitemaps).toEqual([
      'https://example.com/one.xml',
      'https://example.com/two.xml?a=b',
      'https://cdn.example.net/three.xml',
    ]);
  });
});
