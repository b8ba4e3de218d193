import { createHash } from 'node:crypto';
import { RUN_STATUSES, STAGE_STATUSES } from '@sheaf/core';
import { createDataRepositories, FRONTIER_STATES, identifier, rawSql, SOURCE_KINDS, sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { feedOf, sitemap } from '../support/sites.ts';
import { useRooms } from '../support/use-rooms.ts';
import { ingestTwo, openRun, register } from './in-room.ts';

/**
 * What kurt’s code showed it to get wrong where it stores.
 * Each defect is told in the line above the test that shows what holds here instead.
 */
describe.each(['sqlite', 'postgresql'] as const)('kurt, on %s:', (provider) => {
  const rooms = useRooms(provider);

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
});
