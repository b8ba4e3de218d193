import { clients } from '@sheaf/client';
import { createId } from '@sheaf/core';
import { sql } from '@sheaf/db';
import { checkDatabase, compareDumps, dumpDatabase, type OpenedData, openTestData } from '@sheaf/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const URIS = ['https://a.example/1', 'https://a.example/2', 'https://a.example/3'];

describe.each(['sqlite', 'postgresql'] as const)('a dump of a database, on %s', (provider) => {
  const opened: OpenedData[] = [];
  afterEach(async () => {
    for (const data of opened.splice(0)) await data.close();
  });

  /** A run that has registered documents, one planned step each. */
  const fill = async (uris: readonly string[]): Promise<OpenedData> => {
    const data = await openTestData({ provider, clients });
    opened.push(data);
    const { runs, documents, steps, sources } = await data.repositories();
    const { id: sourceId } = await sources.ensure({ kind: 'site', uri: 'https://a.example/' });
    const workerId = createId();
    const run = { tool: 'map.run', input: { source: 'a' }, inputDigest: 'a', workerId, leaseMs: 1_000, resume: true };
    const { id: runId } = await runs.open(run);
    const registered = await documents.register(
      uris.map((uri) => ({ uri })),
      { sourceId, method: 'sitemap', runId },
    );
    await steps.plan({ runId, type: 'fetch', steps: registered.map(({ documentId }) => ({ documentId })) });
    await runs.release(runId, workerId);
    return data;
  };
  const dumpOf = ({ connection }: OpenedData) => dumpDatabase(connection);

  it('is the same for the same content, whatever its ids, times and order', async () => {
    const one = await dumpOf(await fill(URIS));
    const other = await dumpOf(await fill(URIS.toReversed()));
    expect(compareDumps(one, other)).toEqual([]);
    expect(one.steps).toHaveLength(3);
    expect(one.steps?.[0]).toContain(`"item_id":"<map.run #1 ${URIS[0]}>"`);
  });

  it.each([
    ['a status', sql`UPDATE steps SET status = 'canceled'`, 'steps'],
    ['whether a time is set', sql`UPDATE documents SET gone_at = last_seen_at`, 'documents'],
    ['a reference', sql`UPDATE document_uris SET document_id = (SELECT max(id) FROM documents)`, 'document_uris'],
    ['a row less', sql`DELETE FROM document_sources`, 'document_sources'],
    [
      'a table that nobody thought of',
      sql`INSERT INTO config_sets (workspace_id, id, name, yaml, digest, created_at)
      SELECT id, 'x', 'new', '', '', created_at FROM workspaces`,
      'config_sets',
    ],
  ])('shows %s', async (_, change, table) => {
    const data = await fill(URIS);
    const before = await dumpOf(data);
    await data.connection.sql.execute(change);
    const differences = compareDumps(before, await dumpOf(data));
    expect(differences.length).toBeGreaterThan(0);
    expect(new Set(differences.map((line) => line.split(' ')[1]))).toEqual(new Set([table]));
  });

  it('fails on an id that has no name', async () => {
    const data = await fill(URIS);
    await data.connection.sql.execute(sql`UPDATE document_sources SET run_id = ${createId()}`);
    await expect(dumpOf(data)).rejects.toThrow(/There is no name for the id .* in document_sources\.run_id/);
  });

  it('goes with a check that finds rows without the row they refer to', async () => {
    const { connection } = await fill(URIS);
    expect(await checkDatabase(connection)).toEqual([]);
    await connection.runScript(async ({ exec }) => {
      if (provider === 'postgresql') await exec('SET LOCAL session_replication_role = replica');
      await exec(`DELETE FROM documents WHERE uri = '${URIS[1]}'`);
    });
    const problems = await checkDatabase(connection);
    expect(problems.join('\n')).toMatch(/document_uris refer(?:s)? to none of documents/);
  });
});
