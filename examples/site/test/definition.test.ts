import { type Route, renderRoute, type ScenarioName, scenarioNamed, scenarios, siteRoutes } from '@sheaf/example-site';
import { describe, expect, test } from 'vitest';
import { canonicalOf, linksOf } from './support/links.ts';
import { isAllowed } from './support/robots-rules.ts';

const uris = new Set(siteRoutes.map((route) => `http://${route.host}${route.path}`));
const names = Object.keys(scenarios) as ScenarioName[];

function textOf(path: string): string {
  const route = siteRoutes.find((candidate) => candidate.path === path && candidate.host === 'site.sheaf.test');
  return Buffer.from(renderRoute(route as Route, scenarioNamed('initial')).body as Uint8Array).toString();
}

test.each(names)('every link of every page resolves to a route in %s', (name) => {
  const dead = siteRoutes.flatMap((route) =>
    linksOf(route, name)
      .filter((uri) => !uris.has(uri))
      .map((uri) => `${route.path} -> ${uri}`),
  );
  expect(dead).toEqual([]);
  expect(siteRoutes.flatMap((route) => linksOf(route, name)).length).toBeGreaterThan(300);
});

test('every redirect and every rel=canonical leads to a route', () => {
  const targets = siteRoutes.flatMap((route) => {
    const origin = `http://${route.host}${route.path}`;
    if (route.answer.kind === 'redirect') return [new URL(route.answer.location, origin).href];
    return canonicalOf(route) ?? [];
  });
  expect(targets.filter((uri) => !uris.has(uri))).toEqual([]);
  // Seven redirects and six pages that name a canonical one, three of them themselves and one the neighbour's.
  expect(targets).toHaveLength(13);
});

test('routes are defined in canonical spelling', () => {
  for (const uri of uris) expect(new URL(uri).href).toBe(uri);
});

describe('robots.txt', () => {
  const robots = textOf('/robots.txt');

  test.each([
    ['/', true],
    ['/about', true],
    ['/drafts/gilding', false],
    ['/drafts/open/headbands', true],
    ['/downloads/plan.tmp', false],
    ['/downloads/plan.tmp.html', true],
    ['/guide/folding?session=77', false],
    ['/guide/folding', true],
    ['/suppliers?page=2', true],
    ['/members/', true],
    ['/members/bench', false],
  ])('%s is allowed: %s', (path, allowed) => {
    expect(isAllowed(robots, path)).toBe(allowed);
  });

  test('names both sitemaps, shuts others out and sets no crawl delay', () => {
    expect([...robots.matchAll(/^Sitemap: (.*)$/gm)].map(([, url]) => url)).toEqual([
      'http://site.sheaf.test/sitemap.xml',
      'http://site.sheaf.test/sitemaps/patterns.txt',
    ]);
    expect(robots).toContain('User-agent: GreedyBot\nUser-agent: HoarderBot\nDisallow: /\n');
    expect(robots).not.toMatch(/crawl-delay/i);
  });
});
