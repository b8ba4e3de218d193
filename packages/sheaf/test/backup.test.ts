import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clients } from '@sheaf/client';
import { backupDatabase, connect, restoreBackup } from '@sheaf/db';
import { createTempFolder, createTestDatabase, runFixture, type TempFolder } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { expectFailure } from './bad-input/support/expect-failure.ts';
import { runCli } from './bad-input/support/run-cli.ts';
import { cli } from './cli-harness.ts';
import type { NumberedWrite, Said } from './power-cuts/numbered-write.ts';
import { survey } from './power-cuts/survey.ts';

const WRITER = new URL('fixtures/numbered-writes.ts', import.meta.url);
const AN_HOUR = String(60 * 60 * 1000);

let folder: TempFolder;
beforeEach(async () => {
  folder = await createTempFolder('backup');
});
afterEach(() => folder.remove());

describe.each(['sqlite', 'postgresql'] as const)('a backup of a database that is written to, on %s', (provider) => {
  it('is one moment of it: what was acknowledged before is there, with its bytes, and there is no gap', async () => {
    const database = await createTestDatabase(provider);
    onTestFinished(() => database.drop());
    const writer = runFixture(WRITER, [database.url, 'NORMAL', '200', '1', AN_HOUR]);
    await writer.line(/"acknowledges":20\}/);
    const connection = await connect({ url: database.url, clients });
    const backup = join(folder.path, 'backup');
    const sayings = writer.exited.then(({ lines }) => lines);
    await backupDatabase({ connection, target: backup });
    // It was at work all the time.
    expect(await Promise.race([sayings, 'still writing'])).toBe('still writing');
    await connection.close();
    await writer.kill();
    const writes = (await sayings)
      .map((line) => JSON.parse(line) as Said)
      .flatMap((said): NumberedWrite[] => ('begins' in said ? [said.begins] : []));
    const empty = await createTestDatabase(provider, { isMigrated: false });
    onTestFinished(() => empty.drop());
    await restoreBackup({ backup, url: empty.url, clients });
    expect(await survey({ url: empty.url, synchronous: 'FULL', writes, acknowledged: [20] })).toEqual([]);
  });
});

describe('sheaf backup and sheaf restore', () => {
  const run = (...argv: readonly string[]) => cli(argv, { cwd: folder.path });
  const stored = async (): Promise<string> => (await run('docs', '--json')).out.replaceAll(/"lastSeenAt":"[^"]*"/g, '');
  beforeEach(async () => {
    // One is kept in the database, one in a file.
    for (const [name, length] of [
      ['small', 10],
      ['large', 200_000],
    ] as const) {
      await writeFile(join(folder.path, `${name}.md`), `# ${name}\n\n${'words '.repeat(length / 5)}`);
    }
    expect((await run('ingest', folder.path)).code).toBe(0);
  });

  it('bring back what there was, checked, and keep what they replace', async () => {
    const before = await stored();
    expect(await run('backup', 'kept')).toMatchObject({ code: 0, out: expect.stringContaining('1 contents') });
    await writeFile(join(folder.path, 'large.md'), '# other');
    await run('ingest', folder.path);
    const after = await stored();
    expect(after).not.toBe(before);
    expectFailure(await run('restore', 'kept'), {
      code: 'db.restore-refused',
      says: /sheaf\.db exists/,
      hint: /--overwrite/,
    });
    expect(await stored()).toBe(after);
    const restored = await run('restore', 'kept', '--overwrite');
    expect(restored).toMatchObject({ code: 0, err: '', out: expect.stringContaining('nothing wrong') });
    expect(await stored()).toBe(before);
    const [, replaced = ''] = /is now (\S+\.replaced)\./.exec(restored.out) ?? [];
    expect((await run('doctor', '--deep', '--database', replaced)).code).toBe(0);
    expect((await run('docs', '--json', '--database', replaced)).out.replaceAll(/"lastSeenAt":"[^"]*"/g, '')).toBe(
      after,
    );
  });

  it('are refused where they make no sense, and leave nothing behind', async () => {
    expect((await run('backup', 'kept')).code).toBe(0);
    expectFailure(await run('backup', 'kept'), { code: 'db.backup-exists', says: /kept/, hint: /does not exist/ });
    await writeFile(join(folder.path, 'none.db'), '');
    expectFailure(await run('backup', 'other', '--database', 'none.db'), {
      code: 'db.backup-empty',
      says: /none\.db/,
      hint: /--database/,
    });
    expectFailure(await run('backup', 'small.md/kept'), {
      code: 'db.not-writable',
      says: /small\.md/,
      hint: /permissions/,
    });
    expectFailure(await run('restore', 'small.md'), {
      code: 'db.backup-damaged',
      says: /small\.md/,
      hint: /another backup/,
    });
    const url = 'postgres://nobody@127.0.0.1:1/none';
    expectFailure(await run('restore', 'kept', '--database', url), {
      code: 'db.restore-refused',
      says: /of sqlite/,
      hint: /same kind/,
    });
    const names = await readdir(folder.path);
    expect(names.filter((name) => !/^(?:\.sheaf|kept|none\.db.*|(?:small|large)\.md)$/.test(name))).toEqual([]);
  });

  it('are there as a whole or not at all where there is no room', async () => {
    const result = await runCli(['backup', 'kept'], { cwd: folder.path, maxFileKb: 100 });
    expectFailure(result, { code: 'db.disk-error', says: /kept/, hint: /quota/ });
    expect((await readdir(folder.path)).filter((name) => name.includes('kept'))).toEqual([]);
    expect((await run('backup', 'kept')).code).toBe(0);
    const restored = await runCli(['restore', 'kept', '--database', 'new.db'], { cwd: folder.path, maxFileKb: 100 });
    expectFailure(restored, { code: 'db.disk-error', says: /new\.db/, hint: /quota/ });
    expect((await readdir(folder.path)).filter((name) => name.includes('new.db'))).toEqual([]);
  });

  it('tell programs what they did', async () => {
    const written = JSON.parse((await run('backup', 'kept', '--json')).out) as { readonly path: string };
    expect(written).toMatchObject({ provider: 'sqlite', contents: { files: 1 }, missing: [] });
    expect(written.path).toBe(join(folder.path, 'kept'));
    const manifest = JSON.parse(await readFile(join(written.path, 'manifest.json'), 'utf8'));
    expect(manifest).toEqual({ ...written, path: undefined });
    const restored = JSON.parse((await run('restore', 'kept', '--database', 'new.db', '--json')).out);
    expect(restored).toMatchObject({ ...manifest, replaced: [], doctor: { findings: [] } });
  });
});
