import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryRoot } from '../src/temporary-root.ts';

let folder: TempFolder;
beforeEach(async () => {
  folder = await createTempFolder();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await folder.remove();
});

describe.skipIf(process.platform === 'win32')('temporary files of a test run', () => {
  it('go where the environment says', async () => {
    for (const name of ['TMPDIR', 'TMP', 'TEMP']) {
      for (const other of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(other, other === name ? '/elsewhere' : undefined);
      expect(await temporaryRoot({ inMemory: folder.path, room: 0 })).toBe('/elsewhere');
    }
  });

  it('go into memory where there is room and files may be written, else to the system’s folder', async () => {
    const { path } = folder;
    for (const name of ['TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, undefined);
    expect(await temporaryRoot({ inMemory: path, room: 0 })).toBe(path);
    expect(await temporaryRoot({ inMemory: path, room: Number.MAX_SAFE_INTEGER })).toBe(tmpdir());
    expect(await temporaryRoot({ inMemory: join(path, 'missing'), room: 0 })).toBe(tmpdir());
    // Not even root may write here.
    expect(await temporaryRoot({ inMemory: '/proc/self', room: 0 })).toBe(tmpdir());
  });
});
