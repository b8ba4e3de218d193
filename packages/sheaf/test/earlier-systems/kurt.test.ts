import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { clients } from '@sheaf/client';
import { RUN_STATUSES, STAGE_STATUSES } from '@sheaf/core';
import { createDataRepositories, FRONTIER_STATES, identifier, rawSql, SOURCE_KINDS, sql } from '@sheaf/db';
import { createSheaf } from '@sheaf/engine';
import { firstPartyPlugins } from 'sheaf';
import { describe, expect, it } from 'vitest';
import { page, sitemap } from './support/sites.ts';
import { type Room, useRooms } from './support/use-rooms.ts';

/**
 * What kurt got wrong about data. Each defect is told in the line above the test that shows what holds here instead:
 * first those that were seen by running it, then those that were read in its code, in the order of the record of them.
 */
describe.each(['sqlite', 'postgresql'] as const)('kurt, on %s:', (provider) => {
  const rooms = useRooms(provider);
  const urisOf = async ({ data }: Room) =>
    (await data.documents.page({ orderBy: 'uri', limit: 1_000 })).items.map(({ uri }) => uri);
  const register = ({ data }: Room, ...uris: readonly string[]) =>
    data.documents.register(
      uris.map((uri) => ({ uri })),
      { method: 'cli' },
    );
  const textOf = async ({ data }: Room, uri: string) => {
    const document = await data.documents.find(uri);
    return new TextDecoder().decode(await data.contents.read(document?.textHash ?? ''));
  };
  const openRun = ({ data }: Room) =>
    data.runs.open({
      tool: 'kurt.test',
      input: {},
      inputDigest: 'kurt',
      workerId: 'one',
      leaseMs: 60_000,
      resume: false,
    });
  /** A site of two pages, mapped and fetched. */
  const ingestTwo = async ({ site, map, fetch }: Room) => {
    site.serve({
      '/sitemap.xml': sitemap(`${site.origin}/a`, `${site.origin}/b`),
      '/a': page('A', 'The text of a.', '<meta name="author" content="Ada">'),
      '/b': page('B', 'The text of b.'),
    });
    const mapped = await map.run({ source: site.origin });
    return { mapped, fetched: await fetch.run({}) };
  };

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

  // Tools wrote into one set of tables, and lists read from another.
  it('what a tool writes is what every list and count reads', async () => {
    const room = await rooms.open();
    const { mapped, fetched } = await ingestTwo(room);
    const { documents } = room.data;
    const [mapRun, fetchRun] = [mapped.runId ?? '', fetched.runId ?? ''];
    const { items } = await documents.page();
    expect(items).toMatchObject([
      { title: 'A', facets: { map: { method: 'sitemap' }, fetch: { httpStatus: 200 } } },
      { title: 'B', facets: { map: { method: 'sitemap' }, fetch: { httpStatus: 200 } } },
    ]);
    for (const { stages } of items) {
      expect(stages).toMatchObject({ map: { runId: mapRun }, fetch: { runId: fetchRun, status: 'completed' } });
    }
    expect((await room.corpus.docs({})).items).toEqual(items);
    const ids = items.map(({ id }) => id);
    expect((await room.map.results.ofRun(mapRun)).items.map(({ documentId }) => documentId)).toEqual(ids);
    expect((await room.fetch.results.ofRun(fetchRun)).items.map(({ documentId }) => documentId)).toEqual(ids);
    expect(await documents.count({ hasContent: true })).toBe(2);
    expect(await room.corpus.status({})).toMatchObject({
      documents: { total: 2, withContent: 2 },
      stages: { map: { completed: 2 }, fetch: { completed: 2, pending: 0 } },
    });
  });

  // Documents were written to a view.
  it('everything is written to tables: there are no views', async () => {
    const { sheaf } = await rooms.open();
    const views =
      provider === 'sqlite'
        ? sql`SELECT name FROM sqlite_master WHERE type = 'view'`
        : sql`SELECT table_name AS name FROM information_schema.views WHERE table_schema = current_schema()`;
    expect(await sheaf.connection.sql.all(views)).toEqual([]);
  });

  // A document was one row of lists and counts for each of its results.
  it('a document is one row of a list, however many sources, results and variants it has', async () => {
    const room = await rooms.open();
    await ingestTwo(room);
    room.site.serve({ '/more.xml': sitemap(`${room.site.origin}/a`) });
    await room.map.run({ source: `${room.site.origin}/more.xml` });
    await room.fetch.run({ refetch: true });
    const { documents, stages, sources } = room.data;
    const [{ id = '' } = {}] = (await documents.page()).items;
    for (const variant of ['small', 'large']) {
      await stages.set([{ documentId: id, stage: 'fetch', variant, status: 'completed' }]);
    }
    expect(await documents.sources(id)).toHaveLength(2);
    expect((await room.fetch.results.ofDocument(id)).items).toHaveLength(2);
    const fetched = { stage: { stage: 'fetch', statuses: ['completed', 'pending'] } } as const;
    const [{ id: sourceId = '' } = {}] = await sources.list();
    for (const filter of [{}, fetched, { sourceId }, { include: ['*'], ...fetched }]) {
      expect((await documents.page(filter)).items).toHaveLength(2);
      expect(await documents.count(filter)).toBe(2);
    }
    expect((await documents.countsByDomain()).map(({ count }) => count)).toEqual([2]);
  });

  // A transaction committed each of its statements by itself.
  it('a transaction is done as a whole or not at all', async () => {
    const room = await rooms.open();
    const work = room.scope.transaction(async (inner) => {
      const { documents, stages } = createDataRepositories(inner);
      const [{ documentId = '' } = {}] = await documents.register([{ uri: 'https://kurt.example/' }], {
        method: 'cli',
      });
      await stages.set([{ documentId, stage: 'fetch', status: 'completed', runId: 'no-such-run' }]);
    });
    await expect(work).rejects.toMatchObject({ code: 'db.foreign-key-violation' });
    expect(await room.data.documents.count()).toBe(0);
  });

  // The placeholders of one database were sent to the other.
  it('one text of SQL binds its values on either database', async () => {
    const room = await rooms.open();
    await register(room, 'https://kurt.example/a?b', 'https://kurt.example/b');
    const own = room.scope.workspace.id;
    const uris = ['https://kurt.example/a?b', 'https://kurt.example/c'];
    expect(
      await room.scope.sql.query(
        "SELECT uri, '? :not %s' AS literal FROM documents WHERE workspace_id = :own AND uri IN (:uris)",
        { own, uris },
      ),
    ).toEqual([{ uri: 'https://kurt.example/a?b', literal: '? :not %s' }]);
  });

  // Connections leaked from the pool, and whoever wanted one waited for ever.
  it('what fails gives its connection back, and no wait for one is without end', async () => {
    const room = await rooms.open();
    const { scope, data } = room;
    await register(room, 'https://kurt.example/a', 'https://kurt.example/b');
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    // More than the pool has connections, again and again.
    const many = Array.from({ length: 12 });
    const failing = many.map(() => scope.transaction(({ sql: db }) => db.execute(rawSql('DELETE FROM nothing'))));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(many.map(() => 'rejected'));
    const left = many.map(async () => {
      for await (const row of scope.sql.iterate(sql`SELECT id FROM documents`)) return row;
    });
    expect(await Promise.all(left)).toHaveLength(many.length);
    const holding = many.slice(0, 10).map(() => scope.transaction(() => held));
    const signal = AbortSignal.timeout(50);
    await expect(scope.transaction(async () => {}, { signal })).rejects.toMatchObject({ code: 'db.canceled' });
    release();
    await Promise.all(holding);
    expect(await data.documents.count()).toBe(2);
  });

  // Most tools gave their results back and stored nothing.
  it('a tool that writes leaves its run: what it was asked, what came of it, and what went wrong', async () => {
    const room = await rooms.open();
    const { mapped, fetched } = await ingestTwo(room);
    const { origin: nothing } = (await rooms.open()).site;
    await expect(room.map.run({ source: nothing })).rejects.toThrow();
    const { items } = await room.data.runs.page();
    expect(items).toMatchObject([
      { tool: 'map.run', status: 'failed', errorCode: expect.stringMatching(/^map\./) },
      { id: fetched.runId, tool: 'fetch.run', status: 'completed', output: { completed: 2 } },
      { id: mapped.runId, tool: 'map.run', input: { source: room.site.origin }, output: { discovered: 2 } },
    ]);
  });

  // The ids of a feed's entries were salted in each process, so that each run stored all of them again.
  it('what identifies a document is the same in every process', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    room.site.serve({ '/feed': feedOf(`${origin}/1`, `${origin}/2`) });
    expect(await room.map.run({ source: `${origin}/feed` })).toMatchObject({ new: 2, known: 0 });
    expect(await room.map.run({ source: `${origin}/feed` })).toMatchObject({ new: 0, known: 2 });
    const rows = await room.scope.sql.all<{ readonly uri: string; readonly uri_hash: string }>(
      sql`SELECT uri, uri_hash FROM document_uris WHERE workspace_id = ${room.scope.workspace.id}`,
    );
    expect(rows).toHaveLength(2);
    for (const { uri, uri_hash } of rows) {
      expect(uri_hash).toBe(`sha256-${createHash('sha256').update(uri).digest('hex')}`);
    }
  });

  // One thing had several names: "rss" and "feeds", "canceled" and "cancelled".
  it('a status and a kind of source have one word each, wherever they are stored', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    await ingestTwo(room);
    room.site.serve({ '/feed': feedOf(`${origin}/missing`) });
    await room.map.run({ source: `${origin}/feed` });
    await room.fetch.run({});
    await room.data.runs.cancel((await openRun(room)).id);
    const db = room.sheaf.connection.sql;
    const columns = await db.all<{ readonly table: string; readonly column: string }>(db.dialect.tableColumns);
    const wordsOf = async (...names: readonly string[]): Promise<string[]> => {
      const words = new Set<string>();
      for (const { table, column } of columns.filter((one) => names.includes(one.column))) {
        if (table === 'host_gates') continue;
        const rows = await db.all<{ readonly word: string }>(
          sql`SELECT DISTINCT ${identifier(column)} AS word FROM ${identifier(table)}`,
        );
        for (const { word } of rows) words.add(word);
      }
      return [...words];
    };
    const statuses: readonly string[] = [...RUN_STATUSES, ...STAGE_STATUSES, ...FRONTIER_STATES];
    const stored = await wordsOf('status', 'state');
    expect(stored).toEqual(expect.arrayContaining(['completed', 'failed', 'canceled']));
    expect(stored.filter((word) => !statuses.includes(word))).toEqual([]);
    const sources = await room.data.sources.list();
    expect(sources.map(({ kind }) => kind).sort()).toEqual(['feed', 'site']);
    expect(SOURCE_KINDS).toEqual(expect.arrayContaining(sources.map(({ kind }) => kind)));
    const missing = await room.data.documents.find(`${origin}/missing`);
    expect(missing?.facets.map?.method).toBe('feed');
    expect((await room.data.documents.sources(missing?.id ?? '')).map(({ method }) => method)).toEqual(['feed']);
  });

  // Fetching dropped the metadata that it had read.
  it('all that was read from a page is kept', async () => {
    const room = await rooms.open();
    await ingestTwo(room);
    const { documents, artifacts, contents } = room.data;
    const document = await documents.find(`${room.site.origin}/a`);
    const id = document?.id ?? '';
    const latest = (await room.fetch.results.latestOf([id])).get(id);
    const kept = new Map(
      (await artifacts.ofInput(latest?.inputHash ?? '')).map(({ kind, contentHash }) => [kind, contentHash]),
    );
    const read = async (kind: string) => new TextDecoder().decode(await contents.read(kept.get(kind) ?? ''));
    expect(await read('markdown')).toBe('The text of a.\n');
    expect(JSON.parse(await read('metadata'))).toMatchObject({
      authors: { value: ['Ada'] },
      language: { value: 'en' },
    });
  });

  // When a page was fetched was whenever its row was written last.
  it('when a page was fetched does not change with what is written later', async () => {
    const room = await rooms.open();
    await ingestTwo(room);
    const uri = `${room.site.origin}/a`;
    const before = await room.data.documents.find(uri);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await room.map.run({ source: room.site.origin });
    const after = await room.data.documents.find(uri);
    const fetchedAt = before?.facets.fetch?.fetchedAt as Date;
    expect(after?.facets.fetch?.fetchedAt).toEqual(fetchedAt);
    expect(after?.lastSeenAt.getTime()).toBeGreaterThan(fetchedAt.getTime());
  });

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

  // Rows of no tenant were there for all of them.
  it('no row of a tenant is without its workspace', async () => {
    const { sheaf } = await rooms.open();
    const db = sheaf.connection.sql;
    const columns = await db.all<{ readonly table: string; readonly column: string; readonly optional: boolean }>(
      provider === 'sqlite'
        ? sql`SELECT m.name AS "table", c.name AS "column", c."notnull" = 0 AS optional
            FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`
        : sql`SELECT table_name AS "table", column_name AS "column", is_nullable = 'YES' AS optional
            FROM information_schema.columns WHERE table_schema = current_schema()`,
    );
    const ofTenants = columns.filter(({ column }) => column === 'workspace_id');
    expect(ofTenants.filter(({ optional }) => Boolean(optional))).toEqual([]);
    const tables = new Set(columns.map(({ table }) => table));
    expect([...tables].filter((one) => !ofTenants.some(({ table }) => table === one)).sort()).toEqual([
      '_prisma_migrations',
      'host_gates',
      'workers',
      'workspaces',
    ]);
  });

  if (provider === 'postgresql') {
    // The owner of the tables was not bound by what closes them.
    it('the owner of the tables is bound like everybody else', async () => {
      const { sheaf } = await rooms.open();
      const unforced = sql`
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
        WHERE c.relkind = 'r' AND c.relnamespace = quote_ident(current_schema())::regnamespace
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`;
      expect(await sheaf.connection.sql.all(unforced)).toEqual([]);
    });

    // The database was told for whom it worked in one kind of installation alone.
    it('whoever works in a workspace is bound to it, whatever SQL they type', async () => {
      const [room, other] = [await rooms.open(), await rooms.open()];
      await register(room, 'https://kurt.example/own');
      await register(other, 'https://kurt.example/others');
      const all = rawSql('SELECT uri FROM documents');
      expect(await room.scope.sql.all(all)).toEqual([{ uri: 'https://kurt.example/own' }]);
      await room.scope.transaction(async ({ sql: db }) => {
        expect(await db.all(all)).toEqual([{ uri: 'https://kurt.example/own' }]);
        expect(await db.execute(rawSql("UPDATE documents SET title = 'taken over'"))).toBe(1);
      });
    });
  }

  // SQL without parameters, given as plain text, failed.
  it('SQL may be plain text', async () => {
    const { scope } = await rooms.open();
    expect(await scope.sql.query('SELECT 1 AS a')).toEqual([{ a: 1 }]);
    expect(await scope.sql.one(rawSql('SELECT 1 AS a'))).toEqual({ a: 1 });
  });

  // A status was read, and then written whatever it had become meanwhile.
  it('of several that end a run at once, one ends it', async () => {
    const room = await rooms.open();
    const { id } = await openRun(room);
    const other = await createSheaf({ url: rooms.url, clients, plugins: [] });
    const { runs } = other.workspace(room.slug).data;
    const [completed, failed] = await Promise.all([
      room.data.runs.finish({ runId: id, status: 'completed' }),
      runs.finish({ runId: id, status: 'failed' }),
      room.data.runs.cancel(id),
      runs.cancel(id),
    ]);
    await other.close();
    expect(completed).toEqual(failed);
    expect(await room.data.runs.find(id)).toEqual(completed);
    const ends = sql`SELECT status FROM lifecycle_events
      WHERE workspace_id = ${room.scope.workspace.id} AND event = 'group_end'`;
    expect(await room.scope.sql.all(ends)).toEqual([{ status: completed.status }]);
  });

  // A priority was stored, and nothing went by it.
  it('the most urgent is done first', async () => {
    const room = await rooms.open();
    const { steps } = room.data;
    const { id: runId } = await openRun(room);
    const planned = [
      { unit: 'some time', priority: -1 },
      { unit: 'today' },
      { unit: 'now', priority: 10 },
      { unit: 'soon', priority: 5 },
    ];
    await steps.plan({ runId, type: 'urgent', steps: planned });
    const claims = await steps.claim({ type: 'urgent', workerId: 'one', limit: 4, leaseMs: 60_000 });
    expect(claims.map(({ uri }) => uri)).toEqual(['now', 'soon', 'today', 'some time']);
  });

  if (provider === 'sqlite') {
    // What a job was to work on lay in a temporary file that nobody deleted.
    it('work leaves no file behind but the database and what it stored', async () => {
      await ingestTwo(await rooms.open());
      const others = filesBelow(dirname(rooms.url)).filter(
        (name) => !/^test\.db(-wal|-shm|-bytes\/\d+\/[0-9a-f]{2}\/sha256-[0-9a-f]{64})?$/.test(name),
      );
      expect(others).toEqual([]);
    });
  }

  // Only what was called map or fetch could be tried again.
  it('an interrupted run of any tool is gone on with', async () => {
    const room = await rooms.open();
    const interruption = new AbortController();
    const done: string[] = [];
    const chores = ['first', 'second', 'third', 'fourth'];
    const doOne = async (chore: string, signal: AbortSignal) => {
      if (chore === 'third') interruption.abort();
      signal.throwIfAborted();
      done.push(chore);
    };
    await expect(room.doChores(chores, doOne, { signal: interruption.signal })).rejects.toMatchObject({
      code: 'engine.canceled',
    });
    expect(await room.doChores(chores, doOne)).toMatchObject({ isResumed: true, failed: 0 });
    expect(done.sort()).toEqual(['first', 'fourth', 'second', 'third']);
    expect((await room.data.runs.page()).items).toMatchObject([{ tool: 'chores.do', status: 'completed' }]);
  });

  // SQL was taken for harmless by its first word.
  it('SQL that is only to read is kept from writing by the database, whatever its first word', async () => {
    const room = await rooms.open();
    await register(room, 'https://kurt.example/');
    const reading = (text: string) =>
      room.scope.transaction(({ sql: db }) => db.all(rawSql(text)), { isReadOnly: true });
    expect(await reading('WITH d AS (SELECT uri FROM documents) SELECT count(*) > 0 AS any FROM d')).toHaveLength(1);
    const texts =
      provider === 'sqlite'
        ? ['DELETE FROM documents', 'WITH d AS (SELECT 1) DELETE FROM documents RETURNING id']
        : ['WITH d AS (DELETE FROM documents RETURNING id) SELECT id FROM d', 'SELECT id FROM documents FOR UPDATE'];
    for (const text of texts) await expect(reading(text)).rejects.toMatchObject({ code: 'db.read-only' });
    expect(await room.data.documents.count()).toBe(1);
  });

  // Any address of the server's own network could be fetched.
  it('what is not public is not fetched unless the operator allows it', async () => {
    const room = await rooms.open();
    const loopback = room.site.origin.replace(/site-\d+\.example/, '127.0.0.1');
    const careful = await createSheaf({ url: rooms.url, clients, plugins: firstPartyPlugins() });
    const output = await careful.workspace(room.slug).fetch.run({ url: [`${loopback}/`, 'http://169.254.169.254/'] });
    await careful.close();
    expect(output).toMatchObject({ failed: 2, errorCounts: { 'web.private-address': 2 } });
  });
});

function feedOf(...links: readonly string[]) {
  const items = links.map((link) => `<item><title>An entry</title><link>${link}</link></item>`).join('');
  return {
    type: 'application/rss+xml',
    body: `<rss version="2.0"><channel><title>Feed</title>${items}</channel></rss>`,
  };
}

/** Paths of all files in a folder, relative to it. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1));
}
