import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { systemClock } from '@sheaf/core';
import {
  applyMigrations,
  backupDatabase,
  type Connection,
  connect,
  createDataService,
  findMissingExtras,
  findMissingIsolation,
  rawSql,
  restoreBackup,
  sql,
} from '@sheaf/db';
import { createDatabase, createTempFolder, databaseUrl, type PostgresServer, startOwnPostgres } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { composeWith } from './composed-models.ts';
import { securityProblems } from './security-problems.ts';

/** Roles belong to a whole server: these tests have one of their own, on which nobody has made any. */
describe('who may do what on PostgreSQL', () => {
  let server: PostgresServer;
  let administrator: Connection<unknown>;
  beforeAll(async () => {
    server = await startOwnPostgres();
    administrator = await connect({ url: server.url, clients });
  }, 120_000);
  afterAll(async () => {
    await administrator?.close();
    await server?.stop();
  });

  const asAdministrator = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await administrator.sql.execute(rawSql(statement));
  };
  /** A database that its login owns, with the URL of that login. */
  const ownDatabase = async (name: string, powers = ''): Promise<string> => {
    await asAdministrator(`CREATE ROLE ${name} LOGIN PASSWORD 'x' ${powers}`);
    await createDatabase(server.url, name);
    await asAdministrator(`ALTER DATABASE ${name} OWNER TO ${name}`);
    return loginUrl(name, name);
  };
  const loginUrl = (database: string, login: string): string => {
    const url = new URL(databaseUrl(server.url, database));
    url.username = login;
    url.password = 'x';
    return url.href;
  };
  const open = async (url: string): Promise<Connection<unknown>> => {
    const connection = await connect({ url, clients });
    onTestFinished(() => connection.close());
    return connection;
  };

  // The first two: they find a server without the roles.
  it('an owner that may not make roles is told what an administrator has to run, and nothing is changed', async () => {
    const connection = await open(await ownDatabase('plain'));
    const refusal = await applyMigrations(connection).catch((error: unknown) => error as Error);
    expect(refusal).toMatchObject({ code: 'db.roles-refused' });
    expect((refusal as Error).message).toMatch(/once: (CREATE ROLE sheaf_\w+ NOLOGIN; ){3}GRANT .* TO plain .*;/);
    expect(await connection.sql.tableExists('documents')).toBe(false);
  });

  it('several databases are migrated at once, and each finds the roles', async () => {
    const urls: string[] = [];
    for (const name of ['one', 'two', 'three']) urls.push(await ownDatabase(name, 'SUPERUSER'));
    const connections = await Promise.all(urls.map(open));
    await Promise.all(connections.map((connection) => applyMigrations(connection)));
    for (const connection of connections) expect(await findMissingIsolation(connection)).toBeUndefined();
  });

  it('what an administrator is told to run is all that it takes', async () => {
    const connection = await open(loginUrl('plain', 'plain'));
    const refusal = await applyMigrations(connection).catch((error: unknown) => error as Error);
    const [, statements = ''] = /run once: (.*;)/.exec((refusal as Error).message) ?? [];
    expect(statements).not.toContain('CREATE ROLE');
    await asAdministrator(statements);
    await applyMigrations(connection);
    expect(await findMissingIsolation(connection)).toBeUndefined();
    expect(await findMissingExtras(connection)).toEqual([]);
  });

  it('the owner works in workspaces as everybody, and sees no rows by itself', async () => {
    const url = await ownDatabase('owner', 'CREATEROLE');
    await asAdministrator(
      'GRANT sheaf_app, sheaf_engine, sheaf_admin TO owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE',
    );
    const sheaf = await createSheaf({ url });
    onTestFinished(() => sheaf.close());
    for (const slug of ['red', 'blue']) {
      await sheaf.workspaces.create({ slug });
      await sheaf.workspace(slug).data.documents.register([{ uri: `https://example.com/${slug}` }], { method: 'cli' });
    }
    expect((await sheaf.workspace('red').data.documents.page()).items.map(({ uri }) => uri)).toEqual([
      'https://example.com/red',
    ]);
    expect(await sheaf.connection.sql.all(sql`SELECT id FROM documents`)).toEqual([]);
    expect(await sheaf.connection.as('admin').sql.all(sql`SELECT id FROM documents`)).toHaveLength(2);
    expect((await sheaf.workspace('red').doctor.run({})).findings).toEqual([]);
    await sheaf.workspaces.delete('blue');
    expect((await sheaf.workspaces.list()).map(({ slug }) => slug)).toEqual(['red']);
  });

  it('a schema of another database is all that it takes: its owner migrates, works and is told of drift', async () => {
    await asAdministrator(
      `CREATE ROLE lodger LOGIN PASSWORD 'x'`,
      'GRANT sheaf_app, sheaf_engine, sheaf_admin TO lodger WITH INHERIT FALSE, SET TRUE',
    );
    await createDatabase(server.url, 'house');
    const house = await open(databaseUrl(server.url, 'house'));
    await house.sql.execute(rawSql('CREATE SCHEMA "sheaf own" AUTHORIZATION lodger'));
    const sheaf = await createSheaf({ url: `${loginUrl('house', 'lodger')}?schema=sheaf%20own` });
    onTestFinished(() => sheaf.close());
    for (const slug of ['red', 'blue']) {
      await sheaf.workspaces.create({ slug });
      await sheaf.workspace(slug).data.documents.register([{ uri: `https://example.com/${slug}` }], { method: 'cli' });
    }
    expect(await findMissingIsolation(sheaf.connection)).toBeUndefined();
    expect(await securityProblems(sheaf.connection.sql, (await composeWith()).models)).toEqual([]);
    const uris = (await sheaf.workspace('red').data.documents.page()).items.map(({ uri }) => uri);
    expect(uris).toEqual(['https://example.com/red']);
    expect(await sheaf.connection.sql.all(sql`SELECT id FROM documents`)).toEqual([]);
    const look = async () => {
      const { findings, unchecked } = await sheaf.workspace('red').doctor.run({});
      return { found: findings.map(({ id }) => id), drift: unchecked.find(({ id }) => id === 'database.drift') };
    };
    expect(await look()).toEqual({ found: [], drift: undefined });
    await sheaf.connection.sql.execute(rawSql('ALTER TABLE documents ADD COLUMN shelf integer'));
    expect(await look()).toEqual({ found: ['database.drift'], drift: undefined });
    await house.sql.execute(rawSql('REVOKE TEMPORARY ON DATABASE house FROM PUBLIC'));
    expect(await look()).toEqual({
      found: [],
      drift: { id: 'database.drift', reason: expect.stringContaining('GRANT CREATE ON DATABASE') },
    });
    await asAdministrator('GRANT CREATE ON DATABASE house TO lodger');
    expect(await look()).toEqual({ found: ['database.drift'], drift: undefined });
    // Nothing of it is anywhere else.
    expect(
      await house.sql.all(sql`SELECT DISTINCT schemaname::text AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`),
    ).toEqual([{ name: 'sheaf own' }]);
  });

  it('a migration that changes rows sees them', async () => {
    const connection = await open(await ownDatabase('rows'));
    await asAdministrator('GRANT sheaf_app, sheaf_engine, sheaf_admin TO rows');
    await applyMigrations(connection);
    const service = createDataService({ session: connection, clock: systemClock });
    const { id } = await service.workspaces.create({ slug: 'red' });
    await connection.forWorkspace(id).sql.execute(sql`
      INSERT INTO contents (workspace_id, hash, size, storage, created_at, touched_at)
      VALUES (${id}, 'h', 1, 'database', ${new Date()}, ${new Date()})`);
    const folder = await createTempFolder('roles');
    onTestFinished(() => folder.remove());
    cpSync(new URL('../../../../prisma/postgresql', import.meta.url), join(folder.path, 'postgresql'), {
      recursive: true,
      filter: (path) => !path.endsWith('models'),
    });
    mkdirSync(join(folder.path, 'postgresql/migrations/20990101000000_rows'));
    writeFileSync(
      join(folder.path, 'postgresql/migrations/20990101000000_rows/migration.sql'),
      'UPDATE contents SET size = 2;',
    );
    await applyMigrations(connection, { folder: folder.path });
    expect(await connection.as('admin').sql.all(sql`SELECT size FROM contents`)).toEqual([{ size: 2 }]);
    expect(await findMissingIsolation(connection)).toBeUndefined();
  });

  it('an owner backs up all workspaces and restores them', async () => {
    const connection = await open(await ownDatabase('keeper', 'CREATEROLE'));
    await asAdministrator('GRANT sheaf_app, sheaf_engine, sheaf_admin TO keeper WITH ADMIN TRUE, INHERIT FALSE');
    await applyMigrations(connection);
    const { workspaces } = createDataService({ session: connection, clock: systemClock });
    for (const slug of ['red', 'blue']) {
      const { id } = await workspaces.ensure(slug);
      await connection.forWorkspace(id).sql.execute(sql`
        INSERT INTO sources (workspace_id, id, kind, uri, uri_hash, name, created_at, updated_at)
        VALUES (${id}, ${slug}, 'site', ${slug}, ${slug}, ${slug}, now(), now())`);
    }
    const folder = await createTempFolder('roles-backup');
    onTestFinished(() => folder.remove());
    const backup = join(folder.path, 'backup');
    await backupDatabase({ connection, target: backup });
    await createDatabase(server.url, 'kept');
    await asAdministrator('ALTER DATABASE kept OWNER TO keeper');
    await restoreBackup({ backup, url: loginUrl('kept', 'keeper'), clients });
    const kept = await open(loginUrl('kept', 'keeper'));
    const names = () => kept.as('admin').sql.all(rawSql('SELECT name FROM sources ORDER BY name'));
    expect(await names()).toEqual([{ name: 'blue' }, { name: 'red' }]);
    expect(await kept.sql.all(rawSql('SELECT name FROM sources'))).toEqual([]);
    expect(await findMissingExtras(kept)).toEqual([]);
    await restoreBackup({ backup, url: loginUrl('kept', 'keeper'), clients, overwrite: true });
    expect(await names()).toEqual([{ name: 'blue' }, { name: 'red' }]);
  });

  it('a login that may only work and claim owns nothing, makes no workspaces, and takes nothing into another', async () => {
    const owner = await open(await ownDatabase('shared'));
    await asAdministrator('GRANT sheaf_app, sheaf_engine, sheaf_admin TO shared');
    await applyMigrations(owner);
    const { workspaces } = createDataService({ session: owner, clock: systemClock });
    for (const slug of ['default', 'other']) await workspaces.create({ slug });
    await asAdministrator(`CREATE ROLE clerk LOGIN PASSWORD 'x'`, 'GRANT sheaf_app, sheaf_engine TO clerk');
    const sheaf = await createSheaf({ url: loginUrl('shared', 'clerk') });
    onTestFinished(() => sheaf.close());
    const { documents } = sheaf.workspace('default').data;
    await documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
    expect(await documents.count()).toBe(1);
    expect((await sheaf.workspaces.list()).map(({ slug }) => slug)).toEqual(['default', 'other']);
    const move = { from: 'default', to: 'other', documents: ['https://example.com/'] };
    for (const isDryRun of [true, false]) {
      await expect(sheaf.workspaces.moveDocuments({ ...move, isDryRun })).rejects.toMatchObject({
        code: 'db.not-permitted',
      });
    }
    expect(await workspaces.moveDocuments(move)).toMatchObject({ documents: 1 });
    expect(await documents.count()).toBe(0);
    await expect(sheaf.workspaces.create({ slug: 'more' })).rejects.toMatchObject({ code: 'db.not-permitted' });
    await expect(sheaf.connection.sql.execute(rawSql('TRUNCATE documents'))).rejects.toMatchObject({
      code: 'db.not-permitted',
    });
  });

  it('a login without the roles is refused before it has done anything, and told what it lacks', async () => {
    const owner = await open(await ownDatabase('closed'));
    await asAdministrator('GRANT sheaf_app, sheaf_engine, sheaf_admin TO closed');
    await applyMigrations(owner);
    await asAdministrator(`CREATE ROLE nobody LOGIN PASSWORD 'x'`);
    await expect(
      createSheaf({ url: loginUrl('closed', 'nobody'), migrate: 'off' }).then((sheaf) => sheaf.close()),
    ).resolves.toBeUndefined();
    const connection = await open(loginUrl('closed', 'nobody'));
    const scope = connection.forWorkspace(1);
    // It may write here as itself: by the workspace it must not.
    await owner.sql.execute(rawSql('CREATE TABLE notes (id integer)'));
    await owner.sql.execute(rawSql('GRANT ALL ON notes TO PUBLIC'));
    const note = rawSql('INSERT INTO notes VALUES (1)');
    await expect(scope.sql.execute(note)).rejects.toMatchObject({ code: 'db.not-isolated' });
    await connection.sql.execute(note);
    expect(await owner.sql.all(rawSql('SELECT id FROM notes'))).toEqual([{ id: 1 }]);
    await expect(scope.transaction(async () => {})).rejects.toMatchObject({ code: 'db.not-isolated' });
    expect(await findMissingIsolation(connection)).toBe('nobody may not take the role sheaf_app');
  });

  it('the engine returns the steps of all workspaces, and reads nothing of theirs', async () => {
    const url = await ownDatabase('engine');
    await asAdministrator('GRANT sheaf_app, sheaf_engine, sheaf_admin TO engine');
    const sheaf = await createSheaf({ url });
    onTestFinished(() => sheaf.close());
    const { workers } = createDataService({ session: sheaf.connection, clock: systemClock });
    await workers.checkIn({ id: 'lost', host: 'north', pid: 1 });
    for (const slug of ['red', 'blue']) {
      await sheaf.workspaces.create({ slug });
      const { runs, steps } = sheaf.workspace(slug).data;
      const run = { tool: 't', input: {}, inputDigest: 'd', workerId: 'lost', leaseMs: 60_000, resume: false };
      const { id } = await runs.open(run);
      await steps.plan({ runId: id, type: 'x', steps: [{ unit: 'u' }] });
      expect(await steps.claim({ type: 'x', workerId: 'lost', limit: 1, leaseMs: 60_000 })).toHaveLength(1);
    }
    await workers.remove('lost');
    for (const slug of ['red', 'blue']) {
      expect(await sheaf.workspace(slug).data.steps.open({ type: 'x' })).toMatchObject({ open: 1, running: 0 });
    }
    const { sql: db } = sheaf.connection.as('engine');
    const refused = [
      'SELECT title FROM documents',
      'SELECT bytes FROM content_bytes',
      'SELECT input FROM runs',
      'SELECT config FROM steps',
      `UPDATE steps SET name = 'x'`,
      'DELETE FROM steps',
      `UPDATE runs SET status = 'failed'`,
      'SELECT message FROM lifecycle_events',
      `INSERT INTO workspaces (slug, name, created_at) VALUES ('x', 'x', now())`,
    ];
    for (const statement of refused) {
      await expect(db.all(rawSql(statement)), statement).rejects.toMatchObject({ code: 'db.not-permitted' });
    }
  });
});
