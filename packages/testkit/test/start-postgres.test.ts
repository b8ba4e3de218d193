import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createDatabase, databaseUrl, dropDatabase, runFixture, startPostgres } from '@sheaf/testkit';
import pg from 'pg';
import { describe, expect, it } from 'vitest';

async function ask(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows[0];
  } finally {
    await client.end();
  }
}

const folders = (pid: number): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`sheaf-postgres-${pid}-`));

describe.skipIf(process.env.TEST_DATABASE_URL !== undefined)('a PostgreSQL server of our own', () => {
  it('answers on the loopback interface, in UTF-8 and byte order, and is gone once it is stopped', async () => {
    const server = await startPostgres();
    const [folder] = folders(process.pid);
    expect(folder).toBeDefined();
    try {
      expect(new URL(server.url).hostname).toBe('127.0.0.1');
      expect(
        await ask(server.url, `SELECT current_setting('server_encoding') AS encoding, 'B' < 'a' AS bytes`),
      ).toEqual({
        encoding: 'UTF8',
        bytes: true,
      });
      await createDatabase(server.url, 'shop');
      expect(await ask(databaseUrl(server.url, 'shop'), 'SELECT current_database() AS name')).toEqual({ name: 'shop' });
      await dropDatabase(server.url, 'shop');
      await expect(ask(databaseUrl(server.url, 'shop'), 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
    } finally {
      await server.stop();
    }
    await server.stop();
    await expect(ask(server.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(existsSync(`${tmpdir()}/${folder}`)).toBe(false);
  });

  it('ends with a process that exits without stopping it', async () => {
    const starter = runFixture(new URL('fixtures/start-postgres.ts', import.meta.url), ['exit']);
    const url = await starter.line(/^postgresql:/);
    expect((await starter.exited).code).toBe(0);
    await expect.poll(() => ask(url, 'SELECT 1').catch((error: { code?: string }) => error.code)).toBe('ECONNREFUSED');
    expect(folders(starter.pid)).toEqual([]);
  });

  it('leaves no data behind for longer than until the next start, when its process is killed', async () => {
    const starter = runFixture(new URL('fixtures/start-postgres.ts', import.meta.url), ['stay']);
    await starter.line(/^postgresql:/);
    await starter.kill();
    expect(folders(starter.pid)).toHaveLength(1);
    const next = await startPostgres();
    await next.stop();
    expect(folders(starter.pid)).toEqual([]);
  });
});

describe('TEST_DATABASE_URL', () => {
  it('names the reason when its server does not answer', async () => {
    const starter = runFixture(new URL('fixtures/start-postgres.ts', import.meta.url), [], {
      env: { TEST_DATABASE_URL: 'postgresql://postgres@127.0.0.1:1/postgres' },
    });
    const exit = await starter.exited;
    expect(exit.code).toBe(1);
    expect(exit.errorOutput).toMatch(/TEST_DATABASE_URL names a server that does not answer: .*ECONNREFUSED/);
  });
});
