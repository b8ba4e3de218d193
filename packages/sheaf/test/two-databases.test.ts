import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createSheaf } from '../src/index.ts';

let folder: string | undefined;

afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test('two databases in one folder share no bytes', async () => {
  folder = await mkdtemp(join(tmpdir(), 'sheaf-two-'));
  for (const name of ['one.db', 'two.db']) {
    const sheaf = await createSheaf({ url: join(folder, name) });
    const { contents } = sheaf.workspace('default').data;
    await contents.record([await contents.stage(new Uint8Array(200_000))]);
    await sheaf.close();
  }
  expect(await readdir(folder)).toEqual(['one.db', 'one.db-bytes', 'two.db', 'two.db-bytes']);
});
