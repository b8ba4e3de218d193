import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTieredByteStore } from '@sheaf/db';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheaf-tiered-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('gives contents up to the bound to the database, and keeps larger ones in files', async () => {
  const bytes = createTieredByteStore({ folder: join(folder, 'files'), maxDatabaseBytes: 10 }).forWorkspace(1);
  expect(await bytes.stage(new Uint8Array(10))).toMatchObject({ storage: 'database', size: 10 });
  expect(await readdir(folder)).toEqual([]);
  const large = await bytes.stage(new Uint8Array(11));
  expect(large).toMatchObject({ storage: 'file', size: 11 });
  expect(await bytes.read(large.hash)).toEqual(new Uint8Array(11));
});

it('has its bound at 100,000 bytes unless it is told another one', async () => {
  const bytes = createTieredByteStore({ folder }).forWorkspace(1);
  expect((await bytes.stage(new Uint8Array(100_000))).storage).toBe('database');
  expect((await bytes.stage(new Uint8Array(100_001))).storage).toBe('file');
});
