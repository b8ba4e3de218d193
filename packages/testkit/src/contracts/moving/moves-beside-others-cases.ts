import { sql } from '@sheaf/db';
import { expect, it } from 'vitest';
import { createPluginTables } from '../../plugin-tables.ts';
import { expectSound } from '../support/document-rows.ts';
import { holdOpen } from '../support/hold-open.ts';
import { type MovingCases, PAGE, uris } from './moving-cases.ts';

export function describeMovesBesideOthers({ data, harness, openFilled, move }: MovingCases): void {
  // A database in memory has one connection.
  if (harness.provider === 'sqlite-memory') return;
  it('and what others do at the same time wait for each other, and nothing is lost', async () => {
    const { red, blue, ids } = await openFilled(...uris(12));
    const found = uris(12).map((uri) => ({ uri }));
    const map = async () => {
      for (let times = 0; times < 6; times += 1) {
        await red.documents.register(found, { sourceId: red.source.id, method: 'crawl' });
      }
    };
    const shuttle = async (id: string) => {
      for (const [from, to] of [
        ['red', 'blue'],
        ['blue', 'red'],
        ['red', 'blue'],
      ] as const) {
        // The map has found it anew meanwhile: then it stays where it is.
        await move([id], { from, to }).catch((error) => expect(error.code).toMatch(/^db\.(?:uris-taken|not-found)$/));
      }
    };
    await Promise.all([map(), map(), ...ids.slice(0, 3).map(shuttle)]);
    for (const { scope } of [red, blue]) await expectSound(scope);
    for (const [place, id] of ids.entries()) {
      const homes = [await red.documents.find(id), await blue.documents.find(id)].filter(Boolean);
      expect(homes).toMatchObject([{ id, uri: uris(12)[place], version: 1 }]);
    }
  });

  it('wait for who writes a row that is to move, and take that along', async () => {
    await createPluginTables(data().connection, {
      shop_notes: `CREATE TABLE shop_notes (workspace_id INTEGER NOT NULL, document_id TEXT NOT NULL, note TEXT,
          PRIMARY KEY (workspace_id, document_id),
          FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE)`,
    });
    const { red, blue, ids } = await openFilled(PAGE);
    await red.scope.sql.execute(sql`INSERT INTO shop_notes SELECT workspace_id, id, 'old' FROM documents`);
    const writing = await holdOpen(red.scope, ({ sql: db }) => db.execute(sql`UPDATE shop_notes SET note = 'new'`));
    const moving = move(ids);
    await writing.commit();
    expect(await moving).toMatchObject({ moved: { shop_notes: 1 } });
    expect(await blue.scope.sql.all(sql`SELECT document_id, note FROM shop_notes`)).toEqual([
      { document_id: ids[0], note: 'new' },
    ]);
  });

  it('wait for who finds a URI in the other workspace, and are refused then', async () => {
    const { red, blue, ids } = await openFilled(PAGE);
    const finding = await holdOpen(blue.scope, (inner) =>
      data()
        .within(inner)
        .documents.register([{ uri: PAGE }], { method: 'cli' }),
    );
    const moving = expect(move(ids)).rejects.toMatchObject({ code: 'db.uris-taken' });
    await finding.commit();
    await moving;
    expect(await red.documents.count()).toBe(1);
  });
}
