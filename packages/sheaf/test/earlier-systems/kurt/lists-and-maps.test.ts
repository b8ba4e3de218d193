import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sitemap } from '../support/sites.ts';
import { useRooms } from '../support/use-rooms.ts';
import { ingestTwo, register, urisOf } from './in-room.ts';

/**
 * What kurt’s code showed it to get wrong where it lists and maps.
 * Each defect is told in the line above the test that shows what holds here instead.
 */
describe.each(['sqlite', 'postgresql'] as const)('kurt, on %s:', (provider) => {
  const rooms = useRooms(provider);

  // The order that was asked for was ignored.
  it('a list comes in the order that is asked for', async () => {
    const room = await rooms.open();
    const found = [
      { uri: 'https://b.example/1', title: 'Cherry' },
      { uri: 'https://c.example/2', title: 'Apple' },
      { uri: 'https://a.example/3', title: 'Banana' },
    ];
    for (const one of found) await room.data.documents.register([one], { method: 'cli' });
    const titles = async (orderBy: 'id' | 'uri' | 'domain' | 'title', descending = false) =>
      (await room.data.documents.page({ orderBy, descending })).items.map(({ title }) => title);
    expect(await titles('id')).toEqual(['Cherry', 'Apple', 'Banana']);
    expect(await titles('title')).toEqual(['Apple', 'Banana', 'Cherry']);
    expect(await titles('uri')).toEqual(['Banana', 'Cherry', 'Apple']);
    expect(await titles('domain', true)).toEqual(['Apple', 'Cherry', 'Banana']);
  });

  // Counting loaded all rows.
  it('counting asks the database for a number', async () => {
    const room = await rooms.open();
    await register(room, ...Array.from({ length: 30 }, (_, index) => `https://kurt.example/${index}`));
    const before = room.statements.length;
    expect(await room.data.documents.count({ include: ['*/2*'] })).toBe(11);
    const sent = room.statements.slice(before).filter((text) => text.includes('documents'));
    expect(sent).toEqual([expect.stringMatching(/^\s*SELECT count\(/i)]);
  });

  // Rows were skipped before the globs had been applied.
  it('pages hold what passes the filters, each document once', async () => {
    const room = await rooms.open();
    const uris = Array.from(
      { length: 30 },
      (_, index) => `https://kurt.example/${index % 3 === 0 ? 'keep' : 'not'}/${index}`,
    );
    await register(room, ...uris);
    const pages: string[][] = [];
    for (let after: string | undefined; ; ) {
      const one = await room.data.documents.page({
        include: ['*/keep/*'],
        limit: 4,
        ...(after === undefined ? {} : { after }),
      });
      pages.push(one.items.map(({ uri }) => uri));
      after = one.next;
      if (after === undefined) break;
    }
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(pages.flat().sort()).toEqual(uris.filter((uri) => uri.includes('keep')).sort());
  });

  // "%" and "_" in what a user typed were wildcards.
  it('"%", "_" and "\\" in a filter mean themselves', async () => {
    const room = await rooms.open();
    const uris = ['a_b', 'axb', '50%25', '5025', 'c\\d', 'cd'].map((name) => `https://kurt.example/${name}`);
    await register(room, ...uris);
    const matching = async (text: string) => {
      const { items } = await room.data.documents.page({ uriContains: text });
      const { items: byGlob } = await room.data.documents.page({ include: [`*${text}`] });
      expect(byGlob).toEqual(items);
      return items.map(({ uri }) => uri.replace('https://kurt.example/', ''));
    };
    expect(await matching('a_b')).toEqual(['a_b']);
    expect(await matching('0%25')).toEqual(['50%25']);
    expect(await matching('c\\d')).toEqual(['c\\d']);
  });

  // What had failed counted as fetched in one list, and was fetched again by another.
  it('what counts as waiting is what a fetch takes, and what has failed is taken when that is asked for', async () => {
    const room = await rooms.open();
    await ingestTwo(room);
    const { origin } = room.site;
    room.site.serve({ '/broken': { status: 500 } });
    await room.fetch.run({ url: [`${origin}/broken`] });
    await register(room, `${origin}/new-1`, `${origin}/new-2`, `${origin}/new-3`);
    const { documents } = room.data;
    const waiting = await documents.count({ stage: { stage: 'fetch', statuses: ['pending', 'stale'] } });
    const failed = await documents.count({ stage: { stage: 'fetch', statuses: ['failed'] } });
    expect([waiting, failed]).toEqual([3, 1]);
    expect((await room.fetch.run({ dryRun: true })).planned).toBe(waiting);
    expect((await room.fetch.run({ dryRun: true, retryFailed: true })).planned).toBe(waiting + failed);
    const counts = (await documents.countsByStage()).filter(({ stage }) => stage === 'fetch');
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(await documents.count());
  });

  // An alternative in one condition let documents past the others.
  it('all conditions hold, whatever alternatives each of them has', async () => {
    const room = await rooms.open();
    const uris = ['https://a.example/x/1', 'https://a.example/y/1', 'https://a.example/z/1', 'https://b.example/x/1'];
    const registered = await register(room, ...uris);
    const stages = ['pending', 'completed', 'failed', 'failed'] as const;
    await room.data.stages.set(
      registered.map(({ documentId }, index) => ({
        documentId,
        stage: 'fetch',
        status: stages[index] ?? 'pending',
      })),
    );
    const { items } = await room.data.documents.page({
      domain: 'a.example',
      include: ['*/x/*', '*/y/*'],
      stage: { stage: 'fetch', statuses: ['pending', 'failed'] },
    });
    expect(items.map(({ uri }) => uri)).toEqual(['https://a.example/x/1']);
    const selection = { domain: 'b.example', include: ['*/x/*', '*/y/*'], retryFailed: true, dryRun: true };
    expect((await room.fetch.run(selection)).planned).toBe(1);
  });

  // Only the first sitemap was read, without what an index names further down, and without those in gzip.
  it('all sitemaps are read, nested ones and those in gzip too', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    const index = (...urls: readonly string[]) => ({
      type: 'application/xml',
      body: `<sitemapindex>${urls.map((url) => `<sitemap><loc>${origin}${url}</loc></sitemap>`).join('')}</sitemapindex>`,
    });
    const { body = '' } = sitemap(`${origin}/packed`);
    room.site.serve({
      '/robots.txt': { type: 'text/plain', body: 'Sitemap: /one.xml\nSitemap: /index.xml' },
      '/one.xml': sitemap(`${origin}/first`),
      '/index.xml': index('/inner.xml'),
      '/inner.xml': index('/two.xml', '/three.xml.gz'),
      '/two.xml': sitemap(`${origin}/nested`),
      '/three.xml.gz': { type: 'application/gzip', body: gzipSync(body) },
    });
    expect(await room.map.run({ source: origin })).toMatchObject({ discovered: 3, errorCount: 0 });
    expect(await urisOf(room)).toEqual(['/first', '/nested', '/packed'].map((path) => origin + path));
  });

  // The list was cut off before the filters had been applied.
  it('a limit counts what passes the filters', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    const paths = ['/1', '/2', '/3', '/docs/1', '/docs/2', '/docs/3'];
    room.site.serve({ '/sitemap.xml': sitemap(...paths.map((path) => origin + path)) });
    expect(await room.map.run({ source: origin, include: ['*/docs/*'], limit: 2 })).toMatchObject({ discovered: 2 });
    expect(await urisOf(room)).toEqual([`${origin}/docs/1`, `${origin}/docs/2`]);
    expect(await room.fetch.run({ dryRun: true, include: ['*/docs/2'], limit: 1 })).toMatchObject({ planned: 1 });
  });
});
