import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { clients } from '@sheaf/client';
import { contentHash } from '@sheaf/core';
import { createDataRepositories, inspectMigrations, readMigrationHistory, sql } from '@sheaf/db';
import { createSheaf } from '@sheaf/engine';
import { allRows, createTestDatabase } from '@sheaf/testkit';
import { describe, expect, it } from 'vitest';
import { page, sitemap } from './support/sites.ts';
import { type Room, useRooms } from './support/use-rooms.ts';

/**
 * What the ingester of soliplex got wrong about data. Each defect is told in the line above the test that shows what
 * holds here instead, in the order of the record of them.
 */
describe.each(['sqlite', 'postgresql'] as const)('soliplex, on %s:', (provider) => {
  const rooms = useRooms(provider);
  const openRun = async ({ data }: Room, batchId?: string) => {
    const run = { tool: 'soliplex.test', input: {}, inputDigest: 'soliplex', workerId: 'one', resume: false } as const;
    return (await data.runs.open({ ...run, leaseMs: 60_000, ...(batchId === undefined ? {} : { batchId }) })).id;
  };
  const claimOf = (type: string, leaseMs = 60_000) => ({ type, workerId: 'one', limit: 100, leaseMs });
  const eventsOf = async ({ scope }: Room) =>
    (
      await scope.sql.all<{ readonly event: string }>(
        sql`SELECT event FROM lifecycle_events WHERE workspace_id = ${scope.workspace.id} ORDER BY id`,
      )
    ).map(({ event }) => event);
  const FAILED = { errorCode: 'soliplex.broken', errorMessage: 'broken' };
  /** Steps `parse` and `embed` of one item, of which the second needs the first. No tool plans such yet. */
  const planChain = async ({ data, scope }: Room, runId: string, maxAttempts = 3) => {
    const { sql: db, workspace } = scope;
    await data.steps.plan({ runId, type: 'ingest', maxAttempts, steps: [{ unit: 'parse' }, { unit: 'embed' }] });
    const rows = await db.all<{ readonly id: string; readonly item_id: string }>(sql`
      SELECT s.id, s.item_id FROM steps s JOIN run_items i ON i.workspace_id = s.workspace_id AND i.id = s.item_id
      WHERE s.workspace_id = ${workspace.id} AND s.run_id = ${runId} ORDER BY i.unit DESC`);
    const [parse = { id: '', item_id: '' }, embed = { id: '', item_id: '' }] = rows;
    await scope.transaction(async ({ sql: inner }) => {
      await inner.execute(
        sql`UPDATE steps SET item_id = ${parse.item_id}, number = 2, waits_for = 1 WHERE id = ${embed.id}`,
      );
      await inner.execute(sql`DELETE FROM run_items WHERE id = ${embed.item_id}`);
      await inner.execute(sql`
        INSERT INTO step_needs (workspace_id, step_id, needed_id)
        VALUES (${workspace.id}, ${embed.id}, ${parse.id})`);
    });
    return { parse: parse.id, embed: embed.id };
  };

  // 1. A step whose worker had died with its last attempt was passed over, and the step after it ran before it.
  it('a step whose worker dies again and again is never passed over by the one that needs it', async () => {
    const room = await rooms.open();
    const { steps, runs } = room.data;
    const runId = await openRun(room);
    const { parse } = await planChain(room, runId, 2);
    for (const attempt of [1, 2, 3]) {
      const claims = await steps.claim(claimOf('ingest', 1));
      expect(claims).toMatchObject([{ stepId: parse, attempt }]);
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await steps.sweep('ingest')).toBe(1);
    }
    const claims = await steps.claim(claimOf('ingest'));
    expect(claims).toMatchObject([{ stepId: parse, attempt: 4, maxAttempts: 2 }]);
    await steps.fail(claims.map((claim) => ({ ...claim, ...FAILED })));
    expect(await steps.claim(claimOf('ingest'))).toEqual([]);
    expect(await runs.finish({ runId, status: 'failed' })).toMatchObject({ items: { total: 1, failed: 1 } });
  });

  // 2. Each failure ended one of a worker's five consumers; after five it did nothing, and still reported for work.
  it('a worker goes on, however much of its work fails', async () => {
    const room = await rooms.open();
    const failing = Array.from({ length: 12 }, (_, index) => `broken ${index}`);
    const outcome = room.doChores([...failing, 'sound 1', 'sound 2'], async (chore) => {
      if (chore.startsWith('broken')) throw new Error('a bug');
    });
    expect(await outcome).toMatchObject({ completed: 2, failed: 12 });
  });

  // 3. Nothing on SQLite kept two workers from one step.
  it('each step is claimed by one of those that claim at once', async () => {
    const room = await rooms.open();
    const runId = await openRun(room);
    await room.data.steps.plan({
      runId,
      type: 'claimed',
      steps: Array.from({ length: 40 }, (_, index) => ({ unit: `unit ${index}` })),
    });
    const other = await createSheaf({ url: rooms.url, clients, plugins: [] });
    const elsewhere = other.workspace(room.slug).data;
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        (index % 2 === 0 ? room.data : elsewhere).steps.claim({ ...claimOf('claimed'), limit: 10 }),
      ),
    );
    await other.close();
    const claimed = claims.flat().map(({ stepId }) => stepId);
    expect(claimed).toHaveLength(new Set(claimed).size);
    const rest = await room.data.steps.claim(claimOf('claimed'));
    expect(claimed.length + rest.length).toBe(40);
  });

  if (provider === 'postgresql') {
    // 3. Whoever claimed waited for the locks of another who was at it.
    it('who claims passes over what another one is claiming', async () => {
      const room = await rooms.open();
      const runId = await openRun(room);
      await room.data.steps.plan({ runId, type: 'claimed', steps: [{ unit: 'first' }, { unit: 'second' }] });
      const one = { ...claimOf('claimed'), limit: 1 };
      await room.scope.transaction(async (inner) => {
        const [held] = await createDataRepositories(inner).steps.claim(one);
        const [other] = await room.data.steps.claim(one);
        expect([held?.uri, other?.uri]).toEqual(['first', 'second']);
      });
    });
  }

  // 3. What the database said when a status was written was swallowed.
  it('a status that cannot be written is an error', async () => {
    const room = await rooms.open();
    const { stages, runs, documents } = room.data;
    const [{ documentId = '' } = {}] = await documents.register([{ uri: 'https://s.example/' }], { method: 'cli' });
    const status = 'completed' as const;
    await expect(stages.set([{ documentId, stage: 'fetch', status, runId: 'unknown' }])).rejects.toMatchObject({
      code: 'db.foreign-key-violation',
    });
    await expect(runs.finish({ runId: 'unknown', status })).rejects.toMatchObject({ code: 'db.not-found' });
  });

  // 3. Whoever waited for work asked the database for it again and again.
  it('whoever waits for work is told when there may be some', async () => {
    const room = await rooms.open();
    const { steps } = room.data;
    const runId = await openRun(room);
    await steps.plan({ runId, type: 'waiting', steps: [{ unit: 'one' }] });
    const claims = await steps.claim(claimOf('waiting'));
    await steps.fail(claims.map((claim) => ({ ...claim, ...FAILED, retryInMs: 60_000 })));
    const { open, running, nextInMs } = await steps.open({ type: 'waiting' });
    expect([open, running]).toEqual([1, 0]);
    expect(nextInMs).toBeGreaterThan(30_000);
    expect(nextInMs).toBeLessThanOrEqual(60_000);
  });

  // 4. No event told a failure, and the end of a group whose last item had failed was told by none.
  it('failures are told, and a run’s beginning and end once each, whatever its last item came to', async () => {
    const room = await rooms.open();
    const { steps, runs } = room.data;
    const runId = await openRun(room);
    await steps.plan({ runId, type: 'told', steps: [{ unit: 'good' }, { unit: 'bad' }] });
    const claims = await steps.claim(claimOf('told'));
    await steps.complete(claims.filter(({ uri }) => uri === 'good'));
    await steps.fail(claims.filter(({ uri }) => uri === 'bad').map((claim) => ({ ...claim, ...FAILED })));
    await Promise.all([1, 2].map(() => runs.finish({ runId, status: 'completed' })));
    const told = (await eventsOf(room)).filter((event) => /^group_|_failed$/.test(event));
    expect(told).toEqual(['group_start', 'step_failed', 'item_failed', 'group_end']);
  });

  // 5. The end of a group and of a batch was never written, and that of a run with each of its steps.
  it('a run runs until its last item has ended, and ends then; a batch ends once', async () => {
    const room = await rooms.open();
    const { batches, runs, steps } = room.data;
    const batch = await batches.start({ name: 'first' });
    const runId = await openRun(room, batch.id);
    await planChain(room, runId);
    for (const stillOpen of [1, 0]) {
      expect(await runs.find(runId)).toMatchObject({ status: 'running', endedAt: null });
      await steps.complete(await steps.claim(claimOf('ingest')));
      expect((await steps.open({ type: 'ingest', runIds: [runId] })).open).toBe(stillOpen);
      if (stillOpen > 0) await expect(runs.finish({ runId, status: 'completed' })).rejects.toThrow();
    }
    expect(await runs.finish({ runId, status: 'completed' })).toMatchObject({
      status: 'completed',
      endedAt: expect.any(Date),
    });
    expect(batch.endedAt).toBeNull();
    await batches.end(batch.id);
    const { endedAt } = (await batches.find(batch.id)) ?? {};
    expect(endedAt).toBeInstanceOf(Date);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await batches.end(batch.id);
    expect((await batches.find(batch.id))?.endedAt).toEqual(endedAt);
  });

  // 5. A run of one step was never running.
  it('a run of one step is running while that is at work', async () => {
    const room = await rooms.open();
    const { steps } = room.data;
    const runId = await openRun(room);
    await steps.plan({ runId, type: 'single', steps: [{ unit: 'one' }] });
    await steps.claim(claimOf('single'));
    const statuses = await room.scope.sql.one(sql`
      SELECT r.status AS run, i.status AS item, s.status AS step
      FROM runs r JOIN run_items i ON i.run_id = r.id JOIN steps s ON s.item_id = i.id
      WHERE r.workspace_id = ${room.scope.workspace.id}`);
    expect(statuses).toEqual({ run: 'running', item: 'running', step: 'running' });
  });

  // 6. An item was counted once for each of its steps.
  it('counts are those of items, whatever their steps, and add up to the total', async () => {
    const room = await rooms.open();
    const { steps, runs } = room.data;
    const runId = await openRun(room);
    await planChain(room, runId);
    await steps.plan({ runId, type: 'ingest', steps: [{ unit: 'another' }] });
    const first = await steps.claim(claimOf('ingest'));
    await steps.complete(first.filter(({ uri }) => uri === 'parse'));
    await steps.fail(first.filter(({ uri }) => uri === 'another').map((claim) => ({ ...claim, ...FAILED })));
    await steps.complete(await steps.claim(claimOf('ingest')));
    expect((await runs.finish({ runId, status: 'completed' })).items).toEqual({
      total: 2,
      completed: 1,
      failed: 1,
      skipped: 0,
      canceled: 0,
    });
  });

  // 7. Deleting a document left its artifacts, and its rows elsewhere.
  it('a deleted document leaves nothing: no row in any table, no bytes', async () => {
    const room = await rooms.open();
    const { data, scope, site, sheaf } = room;
    site.serve({ '/kept': page('Kept', 'What stays.'), '/gone': page('Gone', 'What goes.') });
    await room.fetch.run({ url: [`${site.origin}/kept`] });
    const rowsOf = async () =>
      new Map(
        [...(await allRows(sheaf.connection.sql))].map(([table, rows]) => [
          table,
          rows.filter(({ workspace_id }) => workspace_id === scope.workspace.id).length,
        ]),
      );
    const filesOf = async () => {
      let files = 0;
      for await (const some of scope.bytes.list()) files += some.length;
      return files;
    };
    const [rowsBefore, filesBefore] = [await rowsOf(), await filesOf()];
    const { runId } = await room.fetch.run({ url: [`${site.origin}/gone`] });
    expect((await rowsOf()).get('documents')).toBe(2);
    await data.documents.delete([`${site.origin}/gone`]);
    await data.runs.delete(runId ?? '');
    await data.contents.prune({ graceMs: -60_000 });
    expect(await rowsOf()).toEqual(rowsBefore);
    expect(await filesOf()).toBe(filesBefore);
  });

  // 7. Whoever was to check what is stored failed always.
  it('what is stored can be checked, and what is missing is found', async () => {
    const room = await rooms.open();
    const { data, scope, site } = room;
    site.serve({ '/a': page('A', 'The text of a.') });
    await room.fetch.run({ url: [`${site.origin}/a`] });
    const faults = async () =>
      (await room.doctor.run({ workspace: room.slug })).findings
        .filter(({ severity }) => severity === 'error')
        .map(({ id }) => id);
    expect(await faults()).toEqual([]);
    const { bytesHash } = (await data.documents.find(`${site.origin}/a`)) ?? {};
    if (provider === 'sqlite') await scope.bytes.remove(bytesHash ?? '');
    else await scope.sql.execute(sql`DELETE FROM content_bytes WHERE hash = ${bytesHash ?? ''}`);
    expect(await faults()).toEqual([provider === 'sqlite' ? 'contents.file' : 'contents.bytes']);
  });

  // 8. A document that a later batch brought again stayed with the first one, and its former content belonged to nobody.
  it('what a later batch brings is that batch’s, and the former version stays the document’s', async () => {
    const room = await rooms.open();
    const { data, scope } = room;
    const [{ documentId = '' } = {}] = await data.documents.register([{ uri: 'https://s.example/' }], {
      method: 'cli',
    });
    const ingest = async (text: string) => {
      const batch = await data.batches.start({ name: text });
      const runId = await openRun(room, batch.id);
      const bytes = new TextEncoder().encode(text);
      const staged = await data.contents.stage(bytes);
      await data.contents.record([staged]);
      await data.documents.recordContent(
        [{ documentId, bytesHash: staged.hash, textHash: null, mimeType: 'text/plain', size: 1, title: text }],
        { runId, batchId: batch.id },
      );
      return { batch_id: batch.id, run_id: runId, bytes_hash: contentHash(bytes) };
    };
    const [first, second] = [await ingest('first'), await ingest('second')];
    expect(
      await scope.sql.all(sql`
        SELECT batch_id, run_id, bytes_hash FROM document_versions
        WHERE workspace_id = ${scope.workspace.id} ORDER BY version`),
    ).toEqual([first, second]);
    expect(await data.documents.find(documentId)).toMatchObject({ version: 2, bytesHash: second.bytes_hash });
    await data.contents.prune({ graceMs: -60_000 });
    expect(new TextDecoder().decode(await data.contents.read(first.bytes_hash))).toBe('first');
  });

  // 9. Trying again did all steps of a failed run anew, completed ones too.
  it('trying again does what failed, and nothing else', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    room.site.serve({ '/a': page('A', 'One.'), '/b': { status: 500 }, '/c': page('C', 'Three.') });
    await room.fetch.run({ url: ['/a', '/b', '/c'].map((path) => origin + path) });
    room.site.serve({ '/b': page('B', 'Two.') });
    const before = room.site.requests.length;
    expect(await room.fetch.run({ retryFailed: true })).toMatchObject({ planned: 1, completed: 1 });
    expect(room.site.requests.slice(before)).toEqual(['/b']);
  });

  // 10. What a source no longer had was there for ever.
  it('what vanishes from its source is gone, with its history, and is back when the source has it again', async () => {
    const room = await rooms.open();
    const { origin } = room.site;
    const both = sitemap(`${origin}/a`, `${origin}/b`);
    room.site.serve({ '/sitemap.xml': both, '/a': page('A', 'One.'), '/b': page('B', 'Two.') });
    await room.map.run({ source: origin });
    await room.fetch.run({});
    room.site.serve({ '/sitemap.xml': sitemap(`${origin}/a`) });
    expect(await room.map.run({ source: origin })).toMatchObject({ gone: 1 });
    const { documents } = room.data;
    const { id = '', goneAt } = (await documents.find(`${origin}/b`)) ?? {};
    expect(goneAt).toBeInstanceOf(Date);
    expect((await documents.versions(id)).items.map(({ action }) => action)).toEqual(['deleted', 'created']);
    room.site.serve({ '/sitemap.xml': both });
    await room.map.run({ source: origin });
    expect((await documents.find(id))?.goneAt).toBeNull();
  });

  // 11. A file: address read any file of the server.
  it('no file is read but those that were found in a mapped folder', async () => {
    const room = await rooms.open();
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-folder-'));
    for (const name of ['found.md', 'secret.md']) writeFileSync(join(folder, name), `# The ${name}\n`);
    const url = (name: string) => pathToFileURL(join(folder, name)).href;
    await room.map.run({ source: folder, include: ['*/found.md'] });
    expect(await room.fetch.run({ url: [url('found.md')] })).toMatchObject({ completed: 1 });
    for (const other of [url('secret.md'), 'file:///etc/passwd', 'file:///etc/../etc/passwd', 'FILE:///etc/passwd']) {
      await expect(room.fetch.run({ url: [other] })).rejects.toMatchObject({ code: 'fetch.unknown-document' });
    }
    rmSync(folder, { recursive: true });
  });

  // 11. Ids that were paths led out of the folders in which they were looked up.
  it('no name of anything leads out of the store', async () => {
    const { data, sheaf, scope } = await rooms.open();
    const names = ['../../../../etc/passwd', '/etc/passwd', `sha256-${'../'.repeat(30)}etc/passwd`];
    for (const name of names) {
      await expect(data.contents.read(name)).rejects.toMatchObject({ code: 'db.content-missing' });
      expect(await scope.bytes.size(name)).toBeUndefined();
      await expect(sheaf.workspaces.create({ slug: name })).rejects.toMatchObject({ code: 'db.invalid-slug' });
    }
  });

  // 11. Tables were made as they were declared on the day of the first start, and never changed after it.
  it('the tables are those of recorded migrations, and a start applies what is missing', async () => {
    const database = await createTestDatabase(provider, { isMigrated: false });
    const start = (migrate: 'auto' | 'check') => createSheaf({ url: database.url, clients, plugins: [], migrate });
    await expect(start('check')).rejects.toMatchObject({ code: 'db.not-migrated' });
    const sheaf = await start('auto');
    const { applied, pending } = await inspectMigrations(sheaf.connection);
    await sheaf.close();
    const { migrations } = await readMigrationHistory({}, sheaf.connection.provider);
    expect(applied).toEqual(migrations.map(({ name }) => name));
    expect(pending).toEqual([]);
    await (await start('check')).close();
    await database.drop();
  });
});
