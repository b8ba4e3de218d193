import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cli } from '../cli-harness.ts';
import { type BadSite, startBadSite } from './support/bad-site.ts';
import { sitemapIndex, sitemapOf } from './support/large-sitemaps.ts';
import { runCli } from './support/run-cli.ts';

/** More than the protocol allows for one file, of blanks. */
const PADDING = function* (): Generator<string> {
  for (let megabytes = 0; megabytes < 60; megabytes += 1) yield ' '.repeat(1_000_000);
  yield '<url><loc>/after</loc></url>';
};

let site: BadSite;
let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('large-sitemaps');
  site = await startBadSite({
    ...sitemapIndex(4, 5_000),
    '/long.xml': sitemapOf(1_000, '/page', PADDING),
    '/announced.xml': (response, request) => {
      response.setHeader('content-length', 60_000_000);
      sitemapOf(1_000, '/page', () => [' '.repeat(100)])(response, request);
    },
  });
});
afterAll(async () => {
  await site.close();
  await folder.remove();
});

const WEB = ['--allow-private', '--min-delay', '0', '--json'];

it('a sitemap that is too long gives what the protocol allows of it, and a record of the rest', async () => {
  const { code, out } = await cli(['map', `${site.origin}/long.xml`, ...WEB, '--database', 'long.db'], {
    cwd: folder.path,
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    discovered: 1_000,
    isComplete: false,
    errors: [{ code: 'map.sitemap-too-large', message: expect.stringContaining('52428800 bytes') }],
  });
});

it('a length that is announced and too long does not keep it from being read', async () => {
  const { out } = await cli(['map', `${site.origin}/announced.xml`, ...WEB, '--database', 'announced.db'], {
    cwd: folder.path,
  });
  expect(JSON.parse(out)).toMatchObject({ discovered: 1_000 });
});

it('the memory for a sitemap does not grow with its length', async () => {
  const map = (path: string) =>
    runCli(['map', site.origin + path, ...WEB, '--database', `${path.slice(1)}.db`], { cwd: folder.path });
  const small = await map('/part-0.xml');
  const large = await map('/index.xml');
  expect(JSON.parse(small.out).discovered).toBe(5_000);
  expect(JSON.parse(large.out)).toMatchObject({ discovered: 20_000, isComplete: true });
  // A million entries more would take a hundred times this, if they were kept.
  expect(large.peakMb - small.peakMb).toBeLessThan(60);
});
