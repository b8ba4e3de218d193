import type { SheafClient } from '@sheaf/client';
import { isSheafError } from '@sheaf/core';
import {
  type ComposedModel,
  createDatabaseByteStore,
  createIntegrity,
  createScope,
  type DataScope,
  findMissingExtras,
  identifier,
  rawSql,
  type Session,
  type SqlExecutor,
  splitStatements,
  sql,
} from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeWith } from './composed-models.ts';
import { securityProblems } from './security-problems.ts';
import { graph, openTenants, type Tenants } from './tenants.ts';

const { models } = await composeWith();
const tenantModels = models.filter(({ scope }) => scope === 'workspace');

describe('row-level security on PostgreSQL', () => {
  let tenants: Tenants;
  let red: DataScope;
  let blueId: number;
  beforeAll(async () => {
    tenants = await openTenants('postgresql', { isAlone: false });
    red = tenants.red;
    blueId = tenants.blueId as number;
  }, 120_000);
  afterAll(() => tenants.data.close());

  const undone = new Error('taken back');
  /** In a transaction of the login, which owns everything; all of it is taken back. */
  const planting = (work: (session: Session<unknown>) => Promise<void>): Promise<void> =>
    tenants.data.connection
      .transaction(async (session) => {
        await work(session);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });

  it('closes every model of the schema', async () => {
    expect(tenantModels.length).toBeGreaterThan(20);
    expect(await securityProblems(tenants.data.connection.sql, models)).toEqual([]);
  });

  it.each([
    ['DROP POLICY sheaf_app ON documents', 'Document has 0 policies for sheaf_app', 'policy sheaf_app on documents'],
    [
      'ALTER TABLE documents NO FORCE ROW LEVEL SECURITY',
      'Document lets its owner past row-level security',
      'row-level security of documents',
    ],
    [
      'ALTER TABLE documents DISABLE ROW LEVEL SECURITY',
      'Document has no row-level security',
      'row-level security of documents',
    ],
    [
      'ALTER POLICY sheaf_app ON documents USING (workspace_id = 1 OR workspace_id IS NULL)',
      'Document shows ((workspace_id = 1) OR (workspace_id IS NULL))',
      'policy sheaf_app on documents',
    ],
    [
      'CREATE POLICY open ON documents USING (true) WITH CHECK (true)',
      'Document has 2 policies for sheaf_app',
      undefined,
    ],
  ])('is missed after %s', async (statement, problem, missing) => {
    await planting(async (session) => {
      await session.sql.execute(rawSql(statement));
      expect(await securityProblems(session.sql, models)).toContain(problem);
      // The extras are run as if on a database in this state.
      const { connection } = tenants.data;
      const found = await findMissingExtras({
        provider: connection.provider,
        sql: session.sql,
        runScript: (work) =>
          session.transaction(async (inner) =>
            work({
              sql: inner.sql,
              async exec(script) {
                for (const { text } of splitStatements(script, 'postgresql')) await inner.sql.execute(rawSql(text));
              },
            }),
          ),
      });
      expect(found).toEqual(missing === undefined ? [] : [missing]);
    });
  });

  it.each([
    ['ALTER ROLE sheaf_app BYPASSRLS', 'sheaf_app', 'the server lets it see all rows'],
    ['ALTER TABLE documents OWNER TO sheaf_app', 'sheaf_app', 'owns the table documents'],
    ['GRANT sheaf_admin TO sheaf_app', 'sheaf_app', 'is a member of sheaf_admin'],
    ['CREATE POLICY open ON documents USING (true)', 'documents', 'the policy open lets more rows through'],
    ['GRANT TRUNCATE ON documents TO sheaf_app', 'documents', 'sheaf_app has TRUNCATE'],
    [
      'CREATE VIEW titles AS SELECT title FROM documents; GRANT SELECT ON titles TO sheaf_app',
      'titles',
      'sheaf_app reads it past the policies',
    ],
    [
      'CREATE TABLE notes (workspace_id integer); GRANT SELECT ON notes TO sheaf_app',
      'notes',
      'sheaf_app reads it past the policies',
    ],
  ])('the doctor finds what gets round it: %s', async (statement, subject, detail) => {
    await planting(async (session) => {
      const bytes = { ...createDatabaseByteStore(), forWorkspace: () => red.bytes };
      const integrity = createIntegrity({ session, bytes, graph, clock: red.clock });
      const rolesOf = async () =>
        (await integrity.check({ examples: 9 })).find(({ invariant }) => invariant.id === 'database.roles');
      expect(await rolesOf()).toMatchObject({ count: 0 });
      for (const part of statement.split('; ')) await session.sql.execute(rawSql(part));
      expect((await rolesOf())?.examples).toContainEqual({ workspaceId: null, subject, detail });
    });
  });

  describe.each(tenantModels)('a scope and the rows of $name', ({ name, table }: ComposedModel) => {
    const from = identifier(table);
    const codeOf = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        (value) => value,
        (error: unknown) => (isSheafError(error) ? error.code : error),
      );
    let rows: number;
    beforeAll(async () => {
      const { sql: db } = tenants.data.connection;
      const counted = sql`SELECT count(*) AS count FROM ${from} WHERE workspace_id = ${red.workspace.id}`;
      rows = (await db.one<{ count: number }>(counted)).count;
      expect(rows).toBeGreaterThan(1);
    });
    /** Each look by itself, since a refusal ends a transaction. */
    const inBoth = async (work: (db: SqlExecutor) => Promise<unknown>): Promise<unknown[]> => {
      const within = await codeOf(
        red.transaction(async ({ sql: db }) => {
          const result = await work(db);
          throw Object.assign(undone, { result });
        }),
      );
      return [
        within === undone ? (undone as unknown as { result: unknown }).result : within,
        await codeOf(work(red.sql)),
      ];
    };

    it('it reads, counts and joins its own alone', async () => {
      const own = [{ workspace_id: red.workspace.id, count: rows }];
      expect(
        await inBoth((db) => db.all(sql`SELECT workspace_id, count(*) AS count FROM ${from} GROUP BY workspace_id`)),
      ).toEqual([own, own]);
      const others = sql`SELECT 1 FROM ${from} a JOIN ${from} b ON a.workspace_id <> b.workspace_id OR a.workspace_id = ${blueId}`;
      expect(await inBoth((db) => db.all(others))).toEqual([[], []]);
      const parents = sql`SELECT w.slug FROM ${from} t RIGHT JOIN workspaces w ON w.id = t.workspace_id GROUP BY w.slug`;
      expect(await inBoth((db) => db.all(parents))).toEqual([[{ slug: 'red' }], [{ slug: 'red' }]]);
    });

    it('it writes, moves and deletes no others', async () => {
      const ofBlue = sql`WHERE workspace_id = ${blueId}`;
      expect(await inBoth((db) => db.execute(sql`DELETE FROM ${from} ${ofBlue}`))).toEqual([0, 0]);
      expect(await inBoth((db) => db.execute(sql`UPDATE ${from} SET workspace_id = workspace_id ${ofBlue}`))).toEqual([
        0, 0,
      ]);
      const refused = ['db.not-permitted', 'db.not-permitted'];
      expect(await inBoth((db) => db.execute(sql`UPDATE ${from} SET workspace_id = ${blueId}`))).toEqual(refused);
      // A row of its own, as one of the other's.
      const copy = sql`INSERT INTO ${from} SELECT (jsonb_populate_record(t, ${`{"workspace_id": ${blueId}}`}::jsonb)).* FROM ${from} t`;
      expect(await inBoth((db) => db.execute(copy))).toEqual(refused);
    });

    it('its Prisma client finds, counts and deletes its own alone', async () => {
      interface Delegate {
        findMany(options?: object): Promise<readonly { readonly workspaceId: number }[]>;
        count(options?: object): Promise<number>;
        deleteMany(options: object): Promise<{ readonly count: number }>;
        updateMany(options: object): Promise<{ readonly count: number }>;
      }
      const delegateOf = (client: unknown): Delegate =>
        (client as Record<string, Delegate>)[`${name.charAt(0).toLowerCase()}${name.slice(1)}`] as Delegate;
      const look = async (delegate: Delegate) => ({
        ids: (await delegate.findMany()).map(({ workspaceId }) => workspaceId),
        count: await delegate.count(),
        others: await delegate.count({ where: { workspaceId: blueId } }),
        deleted: await delegate.deleteMany({ where: { workspaceId: blueId } }),
        updated: await delegate.updateMany({ where: { workspaceId: blueId }, data: { workspaceId: red.workspace.id } }),
      });
      const own = {
        ids: Array.from({ length: rows }, () => red.workspace.id),
        count: rows,
        others: 0,
        deleted: { count: 0 },
        updated: { count: 0 },
      };
      expect(await look(delegateOf(red.client))).toEqual(own);
      expect(await red.transaction(({ client }) => look(delegateOf(client)))).toEqual(own);
    });

    it('who is bound to no workspace sees and writes nothing', async () => {
      for (const setting of [undefined, '', '0']) {
        await planting(async ({ sql: db }) => {
          await db.all(rawSql(`SELECT set_config('role', 'sheaf_app', true)`));
          if (setting !== undefined) await db.all(sql`SELECT set_config('sheaf.workspace_id', ${setting}, true)`);
          expect(await db.all(sql`SELECT * FROM ${from}`)).toEqual([]);
          expect(await db.execute(sql`DELETE FROM ${from}`)).toBe(0);
        });
      }
    });
  });

  it('two workspaces that look something up at once get their own', async () => {
    const blue = createScope<unknown>({
      ...red,
      session: tenants.data.connection,
      workspace: { id: blueId, slug: 'blue' },
    });
    const find = ({ client, workspace }: DataScope, id = workspace.id) =>
      (client as SheafClient).document.findUnique({
        where: { workspaceId_id: { workspaceId: id, id: `documents.id.${id}.a` } },
      });
    const found = await Promise.all([find(red), find(blue), find(red, blueId), find(blue, red.workspace.id)]);
    expect(found.map((one) => one?.id)).toEqual([
      `documents.id.${red.workspace.id}.a`,
      `documents.id.${blueId}.a`,
      undefined,
      undefined,
    ]);
  });

  it('a workspace inside the transaction of another stays itself', async () => {
    const blue = createScope<unknown>({
      ...red,
      session: tenants.data.connection,
      workspace: { id: blueId, slug: 'blue' },
    });
    const idsOf = async (scope: DataScope) => [
      ...new Set((await (scope.client as SheafClient).document.findMany()).map(({ workspaceId }) => workspaceId)),
      ...new Set((await scope.sql.all<{ id: number }>(sql`SELECT id FROM workspaces`)).map(({ id }) => id)),
    ];
    await red.transaction(async (inRed) => {
      expect(await idsOf(blue)).toEqual([blueId, blueId]);
      await blue.transaction(async (inBlue) => expect(await idsOf(inBlue)).toEqual([blueId, blueId]));
      expect(await idsOf(inRed)).toEqual([red.workspace.id, red.workspace.id]);
    });
  });

  it('leaves nothing behind on the connections of the pool', async () => {
    const { connection } = tenants.data;
    await expect(red.sql.execute(rawSql('SELECT no_such_column'))).rejects.toMatchObject({ code: 'db.query-failed' });
    await expect(red.transaction(() => Promise.reject(undone))).rejects.toBe(undone);
    const look = () =>
      connection.sql.one(
        rawSql(`SELECT current_user = session_user AS is_login, coalesce(current_setting('sheaf.workspace_id', true), '') AS setting,
          now() = statement_timestamp() AS is_outside`),
      );
    for (const seen of await Promise.all(Array.from({ length: 20 }, look))) {
      expect(seen).toEqual({ is_login: true, setting: '', is_outside: true });
    }
  });

  it('closes the models of a plugin from elsewhere by the same derivation', async () => {
    const fragment = {
      owner: 'shop',
      tables: ['shop_orders', 'shop_rates'],
      models: `
        /// @scope workspace
        model ShopOrder {
          workspaceId Int    @map("workspace_id")
          number      Int    @default(autoincrement())
          documentId  String @map("document_id")
          document Document @relation(fields: [workspaceId, documentId], references: [workspaceId, id], onDelete: Cascade)
          @@id([workspaceId, documentId])
          @@map("shop_orders")
        }
        /// @scope deployment
        model ShopRate {
          currency String @id
          @@map("shop_rates")
        }`.replace('Int    @default(autoincrement())', 'Int'),
    };
    const composed = await composeWith(fragment);
    const extras = composed.files.find(({ path }) => path === 'postgresql/extras.sql')?.text ?? '';
    const order = composed.models.filter(({ name }) => name === 'ShopOrder');
    await planting(async ({ sql: db }) => {
      await db.execute(rawSql(`CREATE TABLE shop_orders (workspace_id integer, number serial, document_id text)`));
      await db.execute(rawSql('CREATE TABLE shop_rates (currency text)'));
      expect(await securityProblems(db, order)).toContain('ShopOrder has no row-level security');
      for (const { text } of splitStatements(extras, 'postgresql')) await db.execute(rawSql(text));
      expect(await securityProblems(db, order)).toEqual([]);
      await db.all(
        sql`SELECT set_config('role', 'sheaf_app', true), set_config('sheaf.workspace_id', ${String(blueId)}, true)`,
      );
      await db.execute(sql`INSERT INTO shop_orders (workspace_id, document_id) VALUES (${blueId}, 'x')`);
      await db.execute(rawSql(`INSERT INTO shop_rates VALUES ('EUR')`));
      await db.all(sql`SELECT set_config('sheaf.workspace_id', ${String(red.workspace.id)}, true)`);
      expect(await db.all(rawSql('SELECT * FROM shop_orders'))).toEqual([]);
    });
    expect(await securityProblems(tenants.data.connection.sql, composed.models)).toContain(
      'ShopRate belongs to no workspace',
    );
  });
});
