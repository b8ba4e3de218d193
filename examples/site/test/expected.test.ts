import { gunzipSync } from 'node:zlib';
import {
  type DiscoveryMethod,
  type ExampleSite,
  expectedDocuments,
  expectedTable,
  notDocuments,
  type ScenarioName,
  scenarios,
  siteRoutes,
  startExampleSite,
} from '@sheaf/example-site';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonical, canonicalOf, htmlOf, linksOf } from './support/links.ts';
import { type Reply, request } from './support/request.ts';
import { isAllowed } from './support/robots-rules.ts';

let site: ExampleSite;

beforeAll(async () => {
  site = await startExampleSite({ slowMs: 0 });
});
afterAll(() => site.close());

const SITE = 'http://site.sheaf.test';
const routes = new Map(siteRoutes.map((route) => [`http://${route.host}${route.path}`, route]));
const aliases = expectedTable.flatMap((row) => row.aliases.map((alias) => ({ ...alias, of: row.uri })));
const names = Object.keys(scenarios) as ScenarioName[];

function get(uri: string, headers: Record<string, string> = {}): Promise<Reply> {
  const { host, pathname, search } = new URL(uri);
  return request(site, pathname + search, { host, headers });
}

/** What the table says a method finds: documents and aliases. */
function tableFinds(method: DiscoveryMethod): string[] {
  return [...expectedTable, ...aliases]
    .filter((entry) => entry.discoveredBy.includes(method))
    .map((entry) => entry.uri)
    .sort();
}

describe('the table is complete', () => {
  test('every route is a document, an alias or named as neither, and only once', () => {
    const accounted = [...expectedTable, ...aliases, ...notDocuments].map((entry) => entry.uri);
    expect(accounted.toSorted()).toEqual([...routes.keys()].sort());
  });

  test('its URIs are canonical', () => {
    for (const { uri } of [...expectedTable, ...aliases]) expect(canonical(uri)).toBe(uri);
  });
});

describe('the table agrees with the definition', () => {
  test('a document has an alias exactly where the site redirects or names a canonical page on the same host', () => {
    const resolve = (uri: string): string => {
      const answer = routes.get(uri)?.answer;
      return answer?.kind === 'redirect' ? resolve(new URL(answer.location, uri).href) : uri;
    };
    const defined = [...routes].flatMap(([uri, route]) => {
      if (uri.includes('/loop/')) return [];
      const isRedirect = route.answer.kind === 'redirect';
      const of = isRedirect ? resolve(uri) : (canonicalOf(route) ?? uri);
      const isOwn = of === uri || new URL(of).host !== new URL(uri).host;
      return isOwn ? [] : [{ uri, of, through: isRedirect ? 'redirect' : 'canonical' }];
    });
    const stated = aliases.map(({ uri, of, through }) => ({ uri, of, through }));
    const byUri = (left: { uri: string }, right: { uri: string }) => (left.uri < right.uri ? -1 : 1);
    expect(stated.sort(byUri)).toEqual(defined.sort(byUri));
  });

  test('the sitemaps that robots.txt names list what the table says, the hop of a listed redirect included', async () => {
    const found = new Set<string>(['http://site.sheaf.test/install/']);
    const pending = [...(await get(`${SITE}/robots.txt`)).text.matchAll(/^Sitemap: (.*)$/gm)].map(
      ([, url = '']) => url,
    );
    for (let url = pending.shift(); url; url = pending.shift()) {
      const { body } = await get(url);
      const text = url.endsWith('.gz') ? gunzipSync(body).toString() : body.toString();
      const locs = url.endsWith('.txt')
        ? text.trim().split('\n')
        : [...text.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc = '']) => loc);
      if (text.includes('<sitemapindex')) pending.push(...locs);
      else for (const loc of locs) found.add(canonical(loc));
    }
    expect([...found].sort()).toEqual(tableFinds('sitemap'));
  });

  test('the feeds list what the table says', async () => {
    const rss = (await get(`${SITE}/feed.xml`)).text;
    const items = [...rss.matchAll(/<item>.*?(?:<link>(.*?)<\/link>|<guid>(.*?)<\/guid>).*?<\/item>/gs)];
    const atom = (await get(`${SITE}/atom.xml`)).text;
    const entries = [...atom.matchAll(/<entry>.*?<link (?:rel="alternate" )?href="(.*?)"\/>/gs)];
    const found = [...items.map(([, link, guid]) => link ?? guid ?? ''), ...entries.map(([, href = '']) => href)];
    expect(found).toHaveLength(6);
    expect([...new Set(found.map((href) => canonical(href, `${SITE}/atom.xml`)))].sort()).toEqual(tableFinds('feed'));
  });

  test('a breadth-first walk that heeds robots.txt meets what the table says, at the depth it says', async () => {
    const robots = (await get(`${SITE}/robots.txt`)).text;
    const depths = new Map([[`${SITE}/`, 0]]);
    const queue = [`${SITE}/`];
    for (let uri = queue.shift(); uri; uri = queue.shift()) {
      const route = routes.get(uri);
      if (!route || !isAllowed(robots, route.path)) continue;
      const depth = depths.get(uri) ?? 0;
      const visit = (next: string, nextDepth: number): void => {
        if (!next.startsWith(`${SITE}/`) || depths.has(next)) return;
        depths.set(next, nextDepth);
        // A redirect's target is as deep as the redirect: its turn comes before anything deeper.
        if (nextDepth === depth) queue.unshift(next);
        else queue.push(next);
      };
      if (route.answer.kind === 'redirect') visit(new URL(route.answer.location, uri).href, depth);
      else for (const link of linksOf(route)) visit(link, depth + 1);
    }
    depths.delete(`${SITE}/loop/b`);
    expect([...depths.keys()].sort()).toEqual(tableFinds('crawl'));
    const documents = expectedTable.filter((row) => depths.has(row.uri));
    expect(documents.map((row) => [row.uri, row.depth])).toEqual(
      documents.map((row) => [row.uri, depths.get(row.uri)]),
    );
  });

  test('what is denied is what robots.txt disallows', async () => {
    const robots = (await get(`${SITE}/robots.txt`)).text;
    for (const { uri, first } of expectedTable) {
      const isDenied = first.errorCode === 'web.robots-denied';
      expect([uri, isDenied]).toEqual([uri, !isAllowed(robots, uri.slice(SITE.length))]);
    }
  });

  test('no page that fails, is slow or is disallowed is the only way to another', () => {
    const unread = expectedTable.filter((row) => row.isSlow || row.first.fetch !== 'completed').map((row) => row.uri);
    const linked = new Set([...routes].filter(([uri]) => !unread.includes(uri)).flatMap(([, route]) => linksOf(route)));
    const reached = unread.flatMap((uri) => {
      const route = routes.get(uri);
      return route ? linksOf(route, 'second') : [];
    });
    expect(reached.filter((uri) => !linked.has(uri))).toEqual([]);
  });

  test.each<[string, ScenarioName | undefined]>([
    ['the first run', undefined],
    ...names.map((name) => [`a second run on ${name}`, name] as [string, ScenarioName]),
  ])('after %s each status, type, title and phrase is what the server sends', async (_, secondRun) => {
    for (const record of expectedDocuments({ ...(secondRun ? { secondRun } : {}) })) {
      if (record.fetch === 'skipped' || record.errorCode === 'web.redirect-loop') continue;
      site.setScenario('initial');
      const target = routes.get(record.uri)?.answer;
      const uri = target?.kind === 'redirect' ? target.location : record.uri;
      let reply = target?.kind === 'flood' ? undefined : await get(uri);
      if (secondRun && reply) {
        site.setScenario(secondRun);
        const { etag, 'last-modified': since } = reply.headers;
        reply = await get(uri, {
          ...(etag ? { 'if-none-match': etag } : {}),
          ...(since ? { 'if-modified-since': since } : {}),
        });
      }
      if (record.httpStatus !== undefined) expect([uri, reply?.status]).toEqual([uri, record.httpStatus]);
      const full = target?.kind === 'flood' ? undefined : await get(uri);
      const type = full?.headers['content-type'] ?? '';
      if (record.mimeType) expect([uri, type.split(';')[0]]).toEqual([uri, record.mimeType]);

      const route = routes.get(uri);
      const html = route && htmlOf(route, secondRun ?? 'initial');
      if (record.title !== undefined && html !== undefined) {
        const title = /<title>(.*?)<\/title>/.exec(html)?.[1]?.replaceAll('&amp;', '&');
        expect([uri, title ?? null]).toEqual([uri, record.title]);
        const article = /<article>(.*)<\/article>/s.exec(html)?.[1] ?? '';
        for (const phrase of record.textIncludes) expect(article).toContain(phrase);
        for (const phrase of record.textExcludes) expect(article).not.toContain(phrase);
      }
    }
  });
});

describe('what the runs leave behind', () => {
  const at = (path: string, secondRun?: ScenarioName) =>
    expectedDocuments({ ...(secondRun ? { secondRun } : {}) }).find((record) => record.uri === SITE + path);

  test('the first run makes one version of all that can be read', () => {
    for (const record of expectedDocuments()) expect(record.versions).toBe(record.fetch === 'completed' ? 1 : 0);
  });

  test('a second run on an unchanged site, or one with other nonces, makes no version', () => {
    const versions = expectedDocuments().map(({ uri, versions }) => [uri, versions]);
    for (const secondRun of ['initial', 'nonce'] as const) {
      expect(expectedDocuments({ secondRun }).map(({ uri, versions }) => [uri, versions])).toEqual(versions);
    }
    expect(at('/reference/cli', 'initial')?.httpStatus).toBe(304);
    expect(at('/reference/cli', 'nonce')?.httpStatus).toBe(200);
  });

  test('a second run on second changes exactly four documents', () => {
    const before = new Map(expectedDocuments().map((record) => [record.uri, record]));
    const changed = expectedDocuments({ secondRun: 'second' }).filter((record) => {
      const earlier = before.get(record.uri);
      return (
        record.versions !== earlier?.versions || record.fetch !== earlier.fetch || record.isGone !== earlier.isGone
      );
    });
    expect(
      changed.map(({ uri, fetch, versions, isGone }) => [uri.slice(SITE.length), fetch, versions, isGone]),
    ).toEqual([
      ['/guide/sewing', 'completed', 2, false],
      ['/news/spring-fair', 'failed', 1, true],
      ['/reference/api', 'completed', 1, false],
      ['/reference/exit-codes', 'completed', 1, false],
    ]);
    expect(at('/news/spring-fair', 'second')?.lostBy).toEqual(['sitemap']);
    expect(at('/news/spring-fair', 'nonce')?.lostBy).toEqual([]);
  });

  test('a method leaves out what only others find', () => {
    const bySitemap = expectedDocuments({ methods: ['sitemap'] });
    const uris = bySitemap.map((record) => record.uri);
    expect(uris).toContain(`${SITE}/colophon`);
    expect(uris).not.toContain(`${SITE}/course/1`);
    const install = bySitemap.find((record) => record.uri === `${SITE}/guide/install`);
    expect(install?.aliases).toEqual([`${SITE}/install`, `${SITE}/install/`]);
    expect(install).not.toHaveProperty('depth');
    const byFeed = expectedDocuments({ methods: ['feed'] });
    expect(byFeed.flatMap((record) => record.aliases)).toEqual([]);
    expect(byFeed).toHaveLength(5);
  });

  test('slow pages fail when the client is less patient', () => {
    const failed = expectedDocuments({ areSlowPagesTimedOut: true }).filter(
      (record) => record.errorCode === 'web.timeout',
    );
    expect(failed.map((record) => record.uri)).toEqual([`${SITE}/guide/drying`, `${SITE}/guide/pressing`]);
  });
});
