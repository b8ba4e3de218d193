import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { page, sitemap } from '../support/sites.ts';
import { useRooms } from '../support/use-rooms.ts';
import { filesBelow, openRun, register, textOf, urisOf } from './in-room.ts';

/**
 * What kurt was seen to get wrong by running it, in the order of the record of it.
 * Each defect is told in the line above the test that shows what holds here instead.
 */
describe.each(['sqlite', 'postgresql'] as const)('kurt, on %s:', (provider) => {
  const rooms = useRooms(provider);

  // 1. Values were pasted into the text of SQL: a "?" in one took the next, and a backslash at its end let SQL out.
  it('a value is stored as it is, whatever SQL it holds', async () => {
    const room = await rooms.open();
    const values = ['a\\', '; DROP TABLE documents; --', 'one ? two ?', "it's :name", '$1 %s', '"quoted"'];
    await room.data.documents.register(
      values.map((title, index) => ({ uri: `https://kurt.example/${index}`, title })),
      { method: 'cli' },
    );
    const { items } = await room.data.documents.page({ orderBy: 'uri' });
    expect(items.map(({ title }) => title)).toEqual(values);
    const [first, second] = values;
    expect(
      await room.scope.sql.query('SELECT CAST(:first AS text) AS a, CAST(:second AS text) AS b', {
        first: first ?? null,
        second: second ?? null,
      }),
    ).toEqual([{ a: first, b: second }]);
  });

  // 2. One page had several ids, by its fragment and port; "/A" and "/a" had one id, and one overwrote the other.
  it('one page is one document whatever its spelling, and two pages are two', async () => {
    const room = await rooms.open();
    const spellings = ['/A', ':443/A', '/A#part', '/x/../A', '/%41'].map((rest) => `https://shop.example${rest}`);
    room.site.serve({
      '/sitemap.xml': sitemap(...spellings, 'HTTPS://SHOP.example/A', 'https://shop.example/a'),
    });
    expect(await room.map.run({ source: room.site.origin, allowExternal: true })).toMatchObject({ discovered: 2 });
    expect(await urisOf(room)).toEqual(['https://shop.example/A', 'https://shop.example/a']);
  });

  // 2. The order of a query was looked at in one place and not in another.
  it('addresses whose queries differ in order are one document once their page says so', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    const list = page('A list', 'The same list.', `<link rel="canonical" href="${origin}/list?a=1&amp;b=2">`);
    room.site.serve({ '/list?a=1&b=2': list, '/list?b=2&a=1': list, '/other?b=2&a=1': page('Other', 'Another page.') });
    await register(room, `${origin}/list?b=2&a=1`, `${origin}/list?a=1&b=2`, `${origin}/other?b=2&a=1`);
    await room.fetch.run({});
    expect(await urisOf(room)).toEqual([`${origin}/list?a=1&b=2`, `${origin}/other?b=2&a=1`]);
    expect((await room.data.documents.find(`${origin}/list?b=2&a=1`))?.uri).toBe(`${origin}/list?a=1&b=2`);
  });

  describe('robots.txt', () => {
    it.each([
      // 3. Paths were compared in lower case.
      ['is compared with the case of paths', 'User-agent: *\nDisallow: /Private', ['/private'], ['/Private']],
      // 3. Allow was ignored.
      ['opens by Allow what Disallow closes', 'User-agent: *\nDisallow: /\nAllow: /docs', ['/docs/a'], ['/other']],
      // 3. "*" and "$" were taken for letters.
      ['has wildcards', 'User-agent: *\nDisallow: /*.pdf$', ['/a.pdf.html'], ['/a.pdf']],
      // 3. A comment was taken for a part of the path.
      ['has comments behind its rules', 'User-agent: *\nDisallow: /secret # keep out', ['/open'], ['/secret']],
      // 3. A group lost its first name to its second.
      ['has groups of several names', 'User-agent: *\nUser-agent: other\nDisallow: /x', ['/y'], ['/x']],
    ])('%s', async (_, body, allowed, denied) => {
      const room = await rooms.open();
      const { origin } = room.site;
      room.site.serve({ '/robots.txt': { type: 'text/plain', body } });
      const output = await room.fetch.run({ url: [...allowed, ...denied].map((path) => origin + path) });
      expect(room.site.requests).toEqual(allowed);
      expect(output.errorCounts['web.robots-denied']).toBe(denied.length);
    });

    // 3. Everything was allowed where robots.txt could not be read.
    it.each([
      ['answers with an error', { status: 503 }],
      ['cannot be reached', { isBroken: true }],
    ])('forbids everything for now while it %s', async (_, answer) => {
      const room = await rooms.open();
      room.site.serve({ '/robots.txt': answer, '/a': page('A', 'Text.') });
      const output = await room.fetch.run({ url: [`${room.site.origin}/a`] });
      expect(output.errorCounts).toEqual({ 'web.robots-unavailable': 1 });
      expect(room.site.requests).toEqual([]);
    });
  });

  // 4. "?p=1" and "?p=2" were written into one file, and so were "a", "a.html" and "a/"; ".." and passwords were kept.
  it('what pages hold is kept under its hash: none shares a file with another, and no address names one', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    const paths = ['/?p=1', '/?p=2', '/a', '/a.html', '/a/', '/etc/passwd.md'];
    room.site.serve(Object.fromEntries(paths.map((path) => [path, page(path, `What ${path} holds.`)])));
    const typed = paths.map((path) => (path === '/etc/passwd.md' ? `/../..${path}` : path));
    const withUser = origin.replace('http://', 'http://user:secret@');
    await room.fetch.run({ url: typed.map((path) => withUser + path) });
    expect(await urisOf(room)).toEqual(paths.map((path) => origin + path).sort());
    for (const path of paths) expect(await textOf(room, origin + path)).toBe(`What ${path} holds.\n`);
    const { bytesFolder } = room.sheaf.connection;
    expect(bytesFolder === undefined).toBe(provider === 'postgresql');
    const files = bytesFolder === undefined ? [] : filesBelow(bytesFolder);
    expect(files.filter((name) => !/^\d+\/([0-9a-f]{2})\/sha256-\1[0-9a-f]{62}$/.test(name))).toEqual([]);
    if (bytesFolder !== undefined) expect(files.length).toBeGreaterThan(paths.length);
  });

  // 5. Callers read the first row of a result by its position, which it did not have.
  it('a query gives an array of plain rows', async () => {
    const { scope } = await rooms.open();
    const rows = await scope.sql.query('SELECT 1 AS a UNION ALL SELECT 2 AS a ORDER BY a');
    expect(rows[1]).toEqual({ a: 2 });
    expect(Array.isArray(rows)).toBe(true);
  });

  // 6. A pending run could be neither canceled nor failed, and one that was asked to cancel could not end otherwise.
  it.each(
    (['pending', 'running'] as const).flatMap((from) =>
      (['completed', 'failed', 'canceled'] as const).map((to) => [from, to] as const),
    ),
  )('a %s run can end as %s, and then stays so', async (from, to) => {
    const room = await rooms.open();
    const { runs } = room.data;
    const { id } = await openRun(room);
    await room.scope.sql.execute(sql`UPDATE runs SET status = ${from} WHERE id = ${id}`);
    if (to === 'canceled') expect(await runs.cancel(id)).toBe(true);
    else await runs.finish({ runId: id, status: to });
    const ended = await runs.find(id);
    expect(ended).toMatchObject({ status: to, endedAt: expect.any(Date) });
    expect(await runs.cancel(id)).toBe(false);
    expect(await runs.finish({ runId: id, status: 'completed' })).toEqual(ended);
    expect(await runs.finish({ runId: id, status: 'failed' })).toEqual(ended);
    expect(await runs.find(id)).toEqual(ended);
  });
});
