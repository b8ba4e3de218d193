import { gunzipSync } from 'node:zlib';
import { type ExampleSite, type ScenarioName, scenarios, siteRoutes, startExampleSite } from '@sheaf/example-site';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request } from './support/request.ts';

let site: ExampleSite;

beforeAll(async () => {
  site = await startExampleSite({ slowMs: 0 });
});
afterAll(() => site.close());

const SITEMAPS = { news: '/sitemaps/news.xml.gz', pages: '/sitemaps/pages.xml', atom: '/atom.xml' };

/** Each URL's status and body in a scenario. */
async function snapshot(name: ScenarioName): Promise<Map<string, string>> {
  site.setScenario(name);
  const routes = siteRoutes.filter((route) => route.answer.kind !== 'flood');
  const replies = await Promise.all(
    routes.map(async (route) => {
      const reply = await request(site, route.path, { host: route.host });
      return [`${route.host}${route.path}`, `${reply.status} ${reply.body.toString('latin1')}`] as const;
    }),
  );
  return new Map(replies);
}

async function differences(name: ScenarioName): Promise<string[]> {
  const [before, after] = [await snapshot('initial'), await snapshot(name)];
  return [...before.keys()]
    .filter((url) => before.get(url) !== after.get(url))
    .map((url) => url.replace('site.sheaf.test', ''))
    .sort();
}

describe('a scenario changes exactly what it says', () => {
  const healed = ['/reference/api', '/reference/exit-codes'];
  const changed = [SITEMAPS.atom, '/guide/sewing', SITEMAPS.pages];
  const vanished = ['/news/spring-fair', SITEMAPS.news];

  test.each<[ScenarioName, string[]]>([
    ['initial', []],
    ['nonce', ['/reference/cli']],
    ['healed', ['/reference/cli', ...healed]],
    ['changed', ['/reference/cli', ...changed]],
    ['vanished', ['/reference/cli', ...vanished]],
    ['second', ['/reference/cli', ...healed, ...changed, ...vanished]],
  ])('%s', async (name, expected) => {
    expect(await differences(name)).toEqual(expected.sort());
  });
});

test('a scenario is a state, whatever was set or asked before', async () => {
  const first = await snapshot('second');
  await snapshot('vanished');
  expect(await snapshot('second')).toEqual(first);
});

test('only the build stamp differs on the page with the nonce', async () => {
  const visit = async (name: ScenarioName) => {
    site.setScenario(name);
    const { headers, text } = await request(site, '/reference/cli');
    // In the meta element, twice in the script, in the sidebar and in the footer.
    expect(text.split(scenarios[name].build)).toHaveLength(6);
    return { etag: headers.etag, text: text.replaceAll(scenarios[name].build, 'BUILD') };
  };
  const before = await visit('initial');
  const after = await visit('nonce');
  expect(after.text).toBe(before.text);
  expect(after.etag).not.toBe(before.etag);
});

test('no two scenarios share a build stamp', () => {
  const builds = Object.values(scenarios).map((scenario) => scenario.build);
  expect(new Set(builds).size).toBe(builds.length);
});

test('healed turns the 500 and the 429 into pages', async () => {
  site.setScenario('healed');
  expect((await request(site, '/reference/exit-codes')).text).toContain('<h1>Exit codes</h1>');
  const api = await request(site, '/reference/api');
  expect([api.status, api.headers['retry-after']]).toEqual([200, undefined]);
});

test('changed puts other words on one page, under another ETag and lastmod', async () => {
  site.setScenario('initial');
  const before = await request(site, '/guide/sewing');
  const beforeMap = (await request(site, SITEMAPS.pages)).text;
  site.setScenario('changed');
  const after = await request(site, '/guide/sewing', { headers: { 'if-none-match': before.headers.etag ?? '' } });
  expect([before.text.includes('Three tapes are enough'), after.text.includes('Three tapes')]).toEqual([true, false]);
  expect([after.status, after.text.includes('Four tapes are now the rule')]).toEqual([200, true]);
  const entry = (day: string) => `<url><loc>http://site.sheaf.test/guide/sewing</loc><lastmod>${day}</lastmod></url>`;
  expect(beforeMap).toContain(entry('2025-05-12'));
  expect((await request(site, SITEMAPS.pages)).text).toContain(entry('2025-06-16'));
});

test('vanished takes one page away and out of the sitemap, though not out of the page that links to it', async () => {
  site.setScenario('vanished');
  expect((await request(site, '/news/spring-fair')).status).toBe(404);
  expect(gunzipSync((await request(site, SITEMAPS.news)).body).toString()).not.toContain('spring-fair');
  expect((await request(site, '/news/')).text).toContain('href="spring-fair"');
});

test('an unknown scenario is refused by name and nothing changes', async () => {
  site.setScenario('healed');
  expect(() => site.setScenario('third' as ScenarioName)).toThrow(/Unknown scenario "third".*initial, nonce/);
  expect(site.scenario).toBe('healed');
  await expect(startExampleSite({ scenario: 'toString' as ScenarioName })).rejects.toThrow(RangeError);
});

test('a site can start in any scenario', async () => {
  const second = await startExampleSite({ scenario: 'second' });
  expect(second.scenario).toBe('second');
  expect((await request(second, '/news/spring-fair')).status).toBe(404);
  await second.close();
});
