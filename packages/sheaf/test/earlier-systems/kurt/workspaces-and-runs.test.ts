import { dirname } from 'node:path';
import { clients } from '@sheaf/client';
import { rawSql, sql } from '@sheaf/db';
import { createSheaf } from '@sheaf/engine';
import { firstPartyPlugins } from 'sheaf';
import { describe, expect, it } from 'vitest';
import { useRooms } from '../support/use-rooms.ts';
import { filesBelow, ingestTwo, openRun, register } from './in-room.ts';

/**
 * What kurt’s code showed it to get wrong about workspaces and runs.
 * Each defect is told in the line above the test that shows what holds here instead.
 */
describe.each(['sqlite', 'postgresql'] as const)('kurt, on %s:', (provider) => {
  const rooms = useRooms(provider);

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
