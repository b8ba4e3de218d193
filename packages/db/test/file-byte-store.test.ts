import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { contentHash } from '@sheaf/core';
import {
  createDatabaseByteStore,
  createFileByteStore,
  type FileSystem,
  type StoredFile,
  type WorkspaceBytes,
} from '@sheaf/db';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bytes = new TextEncoder().encode('some bytes');
const hash = contentHash(bytes);

describe('a file byte store', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheaf-bytes-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const pathIn = (workspaceId: number) => join(folder, 'content', String(workspaceId), hash.slice(7, 9), hash);
  const filesOf = async (workspace: WorkspaceBytes): Promise<readonly StoredFile[]> => {
    const files: StoredFile[] = [];
    for await (const part of workspace.list()) files.push(...part);
    return files;
  };
  const store = () => createFileByteStore({ folder: join(folder, 'content') });

  it('keeps bytes under workspace, first digits and hash, and nothing beside them', async () => {
    const workspace = store().forWorkspace(7);
    expect(await workspace.stage(bytes)).toEqual({ hash, size: 10, storage: 'file' });
    expect(new Uint8Array(await readFile(pathIn(7)))).toEqual(bytes);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual([hash]);
    expect(await workspace.read(hash)).toEqual(bytes);
  });

  it('keeps workspaces apart', async () => {
    await store().forWorkspace(1).stage(bytes);
    expect(await store().forWorkspace(2).read(hash)).toBeUndefined();
    expect(await store().forWorkspace(1).read(hash)).toEqual(bytes);
  });

  it('tells the size of a file, and lists files with their sizes and times, whatever else lies about', async () => {
    const workspace = store().forWorkspace(1);
    expect(await workspace.size(hash)).toBeUndefined();
    expect(await filesOf(workspace)).toEqual([]);
    await workspace.stage(bytes);
    const other = await workspace.stage(new TextEncoder().encode('other'));
    await store().forWorkspace(2).stage(new TextEncoder().encode('of another workspace'));
    await writeFile(`${pathIn(1)}.tmp`, 'unfinished');
    await utimes(pathIn(1), new Date(0), new Date(0));
    expect([await workspace.size(hash), await workspace.size(other.hash)]).toEqual([10, 5]);
    const listed = await filesOf(workspace);
    expect([...listed].sort((a, b) => b.size - a.size)).toEqual([
      { hash, size: 10, stagedAt: new Date(0) },
      { hash: other.hash, size: 5, stagedAt: expect.any(Date) },
    ]);
  });

  it('does not write bytes again that are there, but notes the time', async () => {
    const workspace = store().forWorkspace(1);
    await workspace.stage(bytes);
    const { ino } = await stat(pathIn(1));
    await utimes(pathIn(1), new Date(0), new Date(0));
    await workspace.stage(bytes);
    const after = await stat(pathIn(1));
    expect(after.ino).toBe(ino);
    expect(Date.now() - after.mtimeMs).toBeLessThan(60_000);
  });

  it('syncs a file before it gets its name, and its folders after', async () => {
    const done: string[] = [];
    const nameOf = (path: unknown): string => {
      const place = relative(folder, String(path));
      return place.endsWith('.tmp') ? join(dirname(place), 'temporary') : place;
    };
    const files: FileSystem = {
      ...nodeFiles,
      async open(path, flags) {
        const file = await nodeFiles.open(path, flags);
        const sync = file.sync.bind(file);
        file.sync = () => {
          done.push(`sync ${nameOf(path)}`);
          return sync();
        };
        return file;
      },
      rename(from, to) {
        done.push(`rename ${nameOf(from)} to ${nameOf(to)}`);
        return nodeFiles.rename(from, to);
      },
    };
    await createFileByteStore({ folder: join(folder, 'content'), files })
      .forWorkspace(7)
      .stage(bytes);
    const home = join('content', '7', hash.slice(7, 9));
    expect(done).toEqual([
      `sync ${join(home, 'temporary')}`,
      `rename ${join(home, 'temporary')} to ${join(home, hash)}`,
      `sync ${home}`,
      `sync ${join('content', '7')}`,
      'sync content',
      'sync ',
    ]);
  });

  it('replaces a damaged file, also one of the same size', async () => {
    const workspace = store().forWorkspace(1);
    await workspace.stage(bytes);
    for (const damaged of ['some bytez', '', 'some bytes and more']) {
      await writeFile(pathIn(1), damaged);
      await workspace.stage(bytes);
      expect(await workspace.read(hash)).toEqual(bytes);
    }
  });

  it('takes the same bytes from many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => store().forWorkspace(1).stage(bytes)));
    expect(await store().forWorkspace(1).read(hash)).toEqual(bytes);
    expect(await readdir(join(folder, 'content', '1', hash.slice(7, 9)))).toEqual([hash]);
  });

  it('removes a file, once or twice', async () => {
    const workspace = store().forWorkspace(1);
    await workspace.stage(bytes);
    await workspace.remove(hash);
    await workspace.remove(hash);
    expect(await workspace.read(hash)).toBeUndefined();
  });

  it('never leaves its folder, whatever it is asked for', async () => {
    const workspace = store().forWorkspace(1);
    await workspace.stage(bytes);
    await writeFile(join(folder, 'secret'), 'secret');
    for (const name of [
      '../../secret',
      '../../../secret',
      `sha256-../../../secret`,
      '',
      '\0',
      hash.toUpperCase(),
      `${hash}\n`,
    ]) {
      expect(await workspace.read(name)).toBeUndefined();
      await workspace.remove(name);
    }
    expect(await readFile(join(folder, 'secret'), 'utf8')).toBe('secret');
    expect(await workspace.read(hash)).toEqual(bytes);
  });

  it('says where it cannot write', async () => {
    await writeFile(join(folder, 'content'), 'a file where the folder belongs');
    await expect(store().forWorkspace(1).stage(bytes)).rejects.toMatchObject({ code: 'db.not-writable' });
  });
});

describe('the database byte store', () => {
  it('hands the bytes on to the transaction that records them', async () => {
    const workspace = createDatabaseByteStore().forWorkspace(1);
    expect(await workspace.stage(bytes)).toEqual({ hash, size: 10, storage: 'database', bytes });
    expect(await workspace.read(hash)).toBeUndefined();
    await workspace.remove(hash);
  });
});
