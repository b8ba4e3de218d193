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
    vi.stubEnv('TMPDIR', folder.path);
    expect(await temporaryRoot({ inMemory: '/', room: 0 })).toBe(folder.path);
  });

  it('go into memory where there is room and programs may be run, else to the system’s folder', async () => {
    const { path } = folder;
    vi.stubEnv('TMPDIR', undefined);
    expect(await temporaryRoot({ inMemory: path, room: 0 })).toBe(path);
    expect(await temporaryRoot({ inMemory: path, room: Number.MAX_SAFE_INTEGER })).toBe(tmpdir());
    expect(await temporaryRoot({ inMemory: join(path, 'missing'), room: 0 })).toBe(tmpdir());
    // Not even root may write here.
    expect(await temporaryRoot({ inMemory: '/proc/self', room: 0 })).toBe(tmpdir());
  });
});
