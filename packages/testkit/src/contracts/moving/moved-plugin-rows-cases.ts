import { sql } from '@sheaf/db';
import { describe, expect, it } from 'vitest';
import { createPluginTables } from '../../plugin-tables.ts';
import { type DocumentWorkspace, registered } from '../support/document-rows.ts';
import { type MovingCases, OLD, OTHER, PAGE, uris } from './moving-cases.ts';

export function describeMovedPluginRows({ data, open, openFilled, finish, move }: MovingCases): void {
  describe('rows of plugins', () => {
    const TABLES = {
      shop_threads: `CREATE TABLE shop_threads (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, document_id TEXT NOT NULL,
        parent_id TEXT, PRIMARY KEY (workspace_id, id),
        FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace_id, parent_id) REFERENCES shop_threads (workspace_id, id) ON DELETE NO ACTION)`,
      shop_links: `CREATE TABLE shop_links (workspace_id INTEGER NOT NULL, from_id TEXT NOT NULL, to_id TEXT NOT NULL,
        PRIMARY KEY (workspace_id, from_id, to_id),
        FOREIGN KEY (workspace_id, from_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace_id, to_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE)`,
      shop_pairs: `CREATE TABLE shop_pairs (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, one_id TEXT, two_id TEXT,
        PRIMARY KEY (workspace_id, id),
        FOREIGN KEY (workspace_id, one_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace_id, two_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE)`,
      shop_shelves: `CREATE TABLE shop_shelves (workspace_id INTEGER NOT NULL, id TEXT NOT NULL, first_id TEXT,
        PRIMARY KEY (workspace_id, id),
        FOREIGN KEY (workspace_id, first_id) REFERENCES documents (workspace_id, id) ON DELETE NO ACTION)`,
      shop_places: `CREATE TABLE shop_places (workspace_id INTEGER NOT NULL, document_id TEXT NOT NULL,
        shelf_id TEXT NOT NULL, PRIMARY KEY (workspace_id, document_id),
        FOREIGN KEY (workspace_id, document_id) REFERENCES documents (workspace_id, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace_id, shelf_id) REFERENCES shop_shelves (workspace_id, id) ON DELETE NO ACTION)`,
    };

    it('that tie what moves together move, those that tie it to what stays are dropped or forget it', async () => {
      await createPluginTables(data().connection, TABLES);
      const { red, blue, ids } = await openFilled(PAGE, OTHER, OLD);
      const [one = '', two = '', stays = ''] = ids;
      const { sql: db, workspace } = red.scope;
      const w = workspace.id;
      for (const statement of [
        sql`INSERT INTO shop_threads VALUES (${w}, 'reply', ${one}, NULL), (${w}, 'thread', ${two}, NULL),
          (${w}, 'away', ${stays}, NULL), (${w}, 'stray', ${one}, 'away')`,
        sql`UPDATE shop_threads SET parent_id = 'thread' WHERE id = 'reply'`,
        sql`INSERT INTO shop_links VALUES (${w}, ${one}, ${two}), (${w}, ${one}, ${stays}), (${w}, ${stays}, ${one})`,
        sql`INSERT INTO shop_pairs VALUES (${w}, 'both', ${one}, ${two}), (${w}, 'first', ${one}, NULL),
          (${w}, 'torn', ${stays}, ${two}), (${w}, 'none', ${stays}, NULL)`,
        sql`INSERT INTO shop_shelves VALUES (${w}, 'shelf', ${one}), (${w}, 'empty', ${one})`,
        sql`INSERT INTO shop_places VALUES (${w}, ${two}, 'shelf'), (${w}, ${stays}, 'shelf')`,
      ]) {
        await db.execute(statement);
      }
      const done = await move([one, two]);
      expect(done.moved).toMatchObject({ shop_threads: 3, shop_links: 1, shop_pairs: 3, shop_places: 1 });
      expect(done.dropped).toEqual({ shop_links: 2 });
      expect([done.copied.shop_shelves, done.changed.shop_shelves]).toEqual([1, 2]);
      const of = async (scope: DocumentWorkspace['scope'], table: keyof typeof TABLES) => {
        const rows = await scope.sql.all(
          scope.sql.named(`SELECT * FROM ${table} WHERE workspace_id = :id`, { id: scope.workspace.id }),
        );
        return rows.map(({ workspace_id, ...row }) => Object.values(row)).sort();
      };
      expect([await of(blue.scope, 'shop_threads'), await of(red.scope, 'shop_threads')]).toEqual([
        [
          ['reply', one, 'thread'],
          ['stray', one, null],
          ['thread', two, null],
        ],
        [['away', stays, null]],
      ]);
      expect([await of(blue.scope, 'shop_links'), await of(red.scope, 'shop_links')]).toEqual([[[one, two]], []]);
      expect([await of(blue.scope, 'shop_pairs'), await of(red.scope, 'shop_pairs')]).toEqual([
        [
          ['both', one, two],
          ['first', one, null],
          ['torn', null, two],
        ],
        [['none', stays, null]],
      ]);
      expect([await of(blue.scope, 'shop_shelves'), await of(red.scope, 'shop_shelves')]).toEqual([
        [['shelf', one]],
        [
          ['empty', null],
          ['shelf', null],
        ],
      ]);
    });

    it('that refer to each other across thousands of documents move with what they refer to', async () => {
      const { shop_threads, shop_links } = TABLES;
      await createPluginTables(data().connection, { shop_threads, shop_links });
      const { red, blue } = await open();
      const ids = (await registered(red, ...uris(1_003))).sort();
      await finish(red);
      const { sql: db } = red.scope;
      const last = ids.at(-1) ?? '';
      await db.execute(sql`INSERT INTO shop_threads SELECT workspace_id, id, id, NULL FROM documents`);
      await db.execute(sql`UPDATE shop_threads SET parent_id = ${last} WHERE id <> ${last}`);
      await db.execute(sql`INSERT INTO shop_links SELECT workspace_id, id, ${last} FROM documents`);
      const done = await move(ids);
      expect(done).toMatchObject({ documents: 1_003, moved: { shop_threads: 1_003, shop_links: 1_003 }, dropped: {} });
      const { count } = await blue.scope.sql.one<{ readonly count: number }>(sql`
        SELECT count(*) AS count FROM shop_threads
        WHERE workspace_id = ${blue.scope.workspace.id} AND parent_id = ${last}`);
      expect(count).toBe(1_002);
      expect(await red.documents.count()).toBe(0);
    });
  });
}
