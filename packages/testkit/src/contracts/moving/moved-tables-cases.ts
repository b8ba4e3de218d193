import type { SqlExecutor, SqlValue } from '@sheaf/db';
import { expect, it } from 'vitest';
import { createPluginTables } from '../../plugin-tables.ts';
import type { DeletionCases } from '../deletion/deletion-cases.ts';
import { allRows, fillTables, one, type TableRow } from '../support/fill-tables.ts';
import { shopTables } from '../support/shop-tables.ts';

const PLUGIN_TABLES = {
  ...shopTables('RESTRICT'),
  shop_shelves: `CREATE TABLE shop_shelves (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id), UNIQUE (workspace_id, name),
    FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE)`,
  shop_places: `CREATE TABLE shop_places (workspace_id INTEGER NOT NULL, document_id TEXT NOT NULL, shelf_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, document_id, shelf_id),
    FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (workspace_id, shelf_id) REFERENCES shop_shelves (workspace_id, id) ON DELETE CASCADE)`,
};

const MOVED = one(
  'document_sources',
  'document_stages',
  'document_uris',
  'document_versions',
  'documents',
  'fetch_results',
  'lifecycle_events',
  'llm_calls',
  'map_results',
  'run_items',
  'shop_marks',
  'shop_notes',
  'shop_places',
  'shop_quotes',
  'step_needs',
  'steps',
);
const COPIED = one(
  'artifacts',
  'batches',
  'config_set_items',
  'config_sets',
  'content_bytes',
  'contents',
  'runs',
  'shop_shelves',
  'sources',
  'step_configs',
);
/** What a copy of a run does not take over. */
const OF_ITS_OWN = /^(?:items_|event_seq$|worker_id$|lease_until$)/;

type Rows = Readonly<Record<string, readonly TableRow[]>>;

/**
 * Moves are complete whatever tables there are. Every table has a row of each label, and the expectations name all that
 * moves, is copied and is changed: a new table that has to do with documents is to be added here.
 */
export function describeMovedTables({ data }: DeletionCases): void {
  /** Red has rows of the labels a and b, blue has rows of c. */
  const open = async (valuesOf: (label: string) => Readonly<Record<string, SqlValue>> = () => ({})) => {
    const db = data().connection.sql;
    await createPluginTables(data().connection, PLUGIN_TABLES);
    const [red, blue] = [(await data().scope('red')).workspace.id, (await data().scope('blue')).workspace.id];
    for (const label of ['a', 'b']) await fillTables(db, red, label, { values: valuesOf(label) });
    await fillTables(db, blue, 'c', { values: valuesOf('c') });
    return { db, red, blue, chosen: `documents.id.${red}.a` };
  };
  /** The rows of a workspace by table, without their workspace and without the records of moves. */
  const rowsOf = async (db: SqlExecutor, workspaceId: number): Promise<Rows> =>
    Object.fromEntries(
      [...(await allRows(db))].map(([table, rows]) => [
        table,
        rows
          .filter((row) => row.workspace_id === workspaceId && !JSON.stringify(row).includes('data.moveDocuments'))
          .map(({ workspace_id, ...row }) => row),
      ]),
    );
  const move = (from: string, to: string, document: string) =>
    data().service.workspaces.moveDocuments({ from, to, documents: [document] });
  const labelled = (rows: readonly TableRow[] | undefined, label: string): readonly TableRow[] =>
    (rows ?? []).filter((row) => JSON.stringify(row).includes(`.${label}"`));
  const without = (rows: readonly TableRow[], pattern: RegExp): readonly TableRow[] =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !pattern.test(column))));

  it('take all that belongs to a document, copy what it needs, and leave all the rest', async () => {
    const { db, red, blue, chosen } = await open();
    const [before, beforeThere] = [await rowsOf(db, red), await rowsOf(db, blue)];
    expect(await move('red', 'blue', chosen)).toEqual({
      documents: 1,
      moved: MOVED,
      copied: COPIED,
      dropped: {},
      changed: one('runs', 'shop_reviews'),
    });
    const [after, there] = [await rowsOf(db, red), await rowsOf(db, blue)];
    for (const [table, rows] of Object.entries(before)) {
      expect([table, labelled(after[table], 'b')]).toEqual([table, labelled(rows, 'b')]);
      expect([table, labelled(there[table], 'c')]).toEqual([table, beforeThere[table]]);
      const own = table === 'runs' ? OF_ITS_OWN : /^$/;
      const arrived = table in MOVED || table in COPIED ? labelled(rows, 'a') : [];
      expect([table, without(labelled(there[table], 'a'), own)]).toEqual([table, without(arrived, own)]);
      expect([table, labelled(after[table], 'a')]).toHaveProperty('1.length', table in MOVED ? 0 : 1);
    }
    expect(labelled(there.runs, 'a')).toMatchObject([
      { items_total: 1, items_completed: 0, event_seq: 0, worker_id: null, lease_until: null },
    ]);
    expect(labelled(after.shop_reviews, 'a')).toMatchObject([{ document_id: null }]);
  });

  it('back give what there was, but for what had forgotten the document meanwhile', async () => {
    const { db, red, chosen } = await open();
    const before = await rowsOf(db, red);
    await move('red', 'blue', chosen);
    const { moved, copied } = await move('blue', 'red', chosen);
    expect([moved, copied]).toEqual([MOVED, {}]);
    const after = await rowsOf(db, red);
    const reviews = (before.shop_reviews ?? []).map((row) =>
      row.document_id === chosen ? { ...row, document_id: null } : row,
    );
    expect(after).toEqual({ ...before, shop_reviews: reviews });
  });

  it('use what the other workspace has already, under whatever id, and copy nothing twice', async () => {
    const shared = {
      'sources.kind': 'site',
      'sources.uri_hash': 'the same',
      'config_sets.name': 'default',
      'config_sets.digest': 'the same',
      'shop_shelves.name': 'the same',
    };
    const { db, red, blue, chosen } = await open((label) => (label === 'b' ? {} : shared));
    const { copied } = await move('red', 'blue', chosen);
    // The configuration set that is there has items of its own.
    expect(copied).toEqual(one('artifacts', 'batches', 'content_bytes', 'contents', 'runs', 'step_configs'));
    const there = await rowsOf(db, blue);
    const theirs = (table: string): string => `${table}.id.${blue}.c`;
    expect([
      labelled(there.document_sources, 'a'),
      labelled(there.batches, 'a'),
      labelled(there.runs, 'a'),
      labelled(there.shop_places, 'a'),
    ]).toMatchObject([
      [{ source_id: theirs('sources') }],
      [{ source_id: theirs('sources') }],
      [{ config_set_id: theirs('config_sets') }],
      [{ shelf_id: theirs('shop_shelves') }],
    ]);
    await move('blue', 'red', chosen);
    expect(labelled((await rowsOf(db, red)).document_sources, 'a')).toMatchObject([
      { source_id: `sources.id.${red}.a` },
    ]);
  });
}
