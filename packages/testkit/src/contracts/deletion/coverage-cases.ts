import { identifier, type SqlExecutor, sql } from '@sheaf/db';
import { expect, it } from 'vitest';
import { createPluginTables } from '../../plugin-tables.ts';
import { allRows, fillTables, one, type TableRow, workspaceTables } from '../support/fill-tables.ts';
import { shopTables } from '../support/shop-tables.ts';
import type { DeletionCases } from './deletion-cases.ts';

/**
 * Deletions are complete whatever tables there are. Every table has a row of each label, and the expectations name all
 * that goes and all that is changed: a new table that refers to what can be deleted is to be added here.
 */
export function describeCoverage({ data }: DeletionCases): void {
  const open = async (): Promise<{ readonly db: SqlExecutor; readonly workspaceIds: readonly number[] }> => {
    const db = data().connection.sql;
    await createPluginTables(data().connection, shopTables('NO ACTION'));
    const workspaceIds = [(await data().scope('red')).workspace.id, (await data().scope('blue')).workspace.id];
    for (const id of workspaceIds) for (const label of ['a', 'b']) await fillTables(db, id, label);
    return { db, workspaceIds };
  };
  /** What a deletion left, checked: nothing names what is gone, and what has nothing to do with it is as it was. */
  const expectComplete = async (
    db: SqlExecutor,
    before: ReadonlyMap<string, readonly TableRow[]>,
    isOfOthers: (row: TableRow) => boolean,
  ): Promise<void> => {
    const after = await allRows(db);
    const gone = new Set<unknown>();
    for (const [table, rows] of before) {
      const left = new Set(after.get(table)?.map(({ id }) => id));
      for (const { id } of rows) if (id !== undefined && !left.has(id)) gone.add(id);
    }
    expect(gone.size).toBeGreaterThan(0);
    const naming = [...after].flatMap(([table, rows]) =>
      rows.flatMap((row) =>
        Object.entries(row).flatMap(([column, value]) => (gone.has(value) ? [`${table}.${column} = ${value}`] : [])),
      ),
    );
    expect(naming).toEqual([]);
    for (const [table, rows] of before) {
      expect({ table, rows: after.get(table)?.filter(isOfOthers) }).toEqual({ table, rows: rows.filter(isOfOthers) });
    }
  };
  const isOfLabelB = (workspaceId: number) => (row: TableRow) =>
    row.workspace_id !== workspaceId || JSON.stringify(row).includes('.b"');

  it('know every table of a workspace', async () => {
    const { db } = await open();
    for (const [table, rows] of await allRows(db)) expect([table, rows.length]).toEqual([table, 4]);
    expect((await workspaceTables(db)).length).toBeGreaterThan(25);
  });

  const OF_DOCUMENTS = one(
    'document_sources',
    'document_stages',
    'document_uris',
    'document_versions',
    'documents',
    'fetch_results',
    'lifecycle_events',
    'map_results',
    'run_items',
    'shop_marks',
    'shop_notes',
    'shop_quotes',
    'step_needs',
    'steps',
  );

  it('of a document take all that belongs to it, and nothing else', async () => {
    const { db, workspaceIds } = await open();
    const workspaceId = workspaceIds[0] as number;
    const before = await allRows(db);
    const { documents } = await data().repositories('red');
    expect(await documents.delete([`documents.id.${workspaceId}.a`])).toEqual({
      deleted: OF_DOCUMENTS,
      changed: one('llm_calls', 'runs', 'shop_reviews'),
    });
    await expectComplete(db, before, isOfLabelB(workspaceId));
  });

  it('of a source take the documents that it alone has found', async () => {
    const { db, workspaceIds } = await open();
    const workspaceId = workspaceIds[0] as number;
    const before = await allRows(db);
    const { sources } = await data().repositories('red');
    expect(await sources.delete(`sources.id.${workspaceId}.a`)).toEqual({
      deleted: { ...OF_DOCUMENTS, ...one('sources') },
      changed: one('batches', 'llm_calls', 'runs', 'shop_reviews'),
    });
    await expectComplete(db, before, isOfLabelB(workspaceId));
  });

  it('of a run take its results, items, steps and events, and leave what it made', async () => {
    const { db, workspaceIds } = await open();
    const workspaceId = workspaceIds[0] as number;
    const before = await allRows(db);
    const { runs } = await data().repositories('red');
    expect(await runs.delete(`runs.id.${workspaceId}.a`)).toEqual({
      deleted: one(
        'document_stages',
        'fetch_results',
        'frontier',
        'lifecycle_events',
        'map_results',
        'run_events',
        'run_items',
        'runs',
        'step_needs',
        'steps',
      ),
      changed: one('artifacts', 'document_sources', 'document_versions', 'llm_calls', 'query_log', 'shop_reviews'),
    });
    await expectComplete(db, before, isOfLabelB(workspaceId));
  });

  it('of a workspace take all of it, and nothing of others', async () => {
    const { db, workspaceIds } = await open();
    const before = await allRows(db);
    const { workspaces } = data().service;
    const tables = await workspaceTables(db);
    expect(await workspaces.delete('red')).toEqual({
      deleted: Object.fromEntries([['workspaces', 1], ...tables.map((table) => [table, 2])]),
      changed: {},
    });
    await expectComplete(db, before, (row) => row.workspace_id !== workspaceIds[0]);
    for (const table of tables) {
      const left = await db.all(
        sql`SELECT 1 FROM ${identifier(table)} WHERE workspace_id = ${workspaceIds[0] as number}`,
      );
      expect([table, left]).toEqual([table, []]);
    }
    expect((await workspaces.list()).map(({ slug }) => slug)).toEqual(['blue']);
  });
}
