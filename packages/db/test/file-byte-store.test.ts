import * as nodeFiles from 'node:fs/promises';
import { mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
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

  describe('that a power cut may hit', () => {
    const home = join('content', '7', hash.slice(7, 9));
    const above = [`sync ${join('content', '7')}`, 'sync content', 'sync '];
    /** A store that has just been opened, and what it does in which order. */
    const watched = () => {
      const done: string[] = [];
      const nameOf = (path: unknown): string => {
        const place = relative(folder, String(path));
        return /\.(?:tmp|pruning)$/.test(place) ? join(dirname(place), 'temporary') : place;
      };
      const tell = (what: string, ...paths: readonly unknown[]) => done.push([what, ...paths.map(nameOf)].join(' '));
      const files: FileSystem = {
        ...nodeFiles,
        async open(path, flags) {
          const file = await nodeFiles.open(path, flags);
          const sync = file.sync.bind(file);
          file.sync = () => sync().finally(() => tell('sync', path));
          return file;
        },
        rename: (from, to) => nodeFiles.rename(from, to).finally(() => tell('rename', from, to)),
        link: (from, to) => nodeFiles.link(from as string, to as string).finally(() => tell('link', from, to)),
        rm: (path, options) => nodeFiles.rm(path, options).finally(() => tell('remove', path)),
      };
      return { workspace: createFileByteStore({ folder: join(folder, 'content'), files }).forWorkspace(7), done };
    };

    it('syncs a file before it gets its name, and its folders after', async () => {
      const { workspace, done } = watched();
      await workspace.stage(bytes);
      const temporary = join(home, 'temporary');
      expect(done).toEqual([`sync ${temporary}`, `rename ${temporary} ${join(home, hash)}`, `sync ${home}`, ...above]);
    });

    it('syncs the names that another writer may not have synced yet', async () => {
      await store().forWorkspace(7).stage(bytes);
      const { workspace, done } = watched();
      await workspace.stage(bytes);
      expect(done).toEqual([`sync ${home}`, ...above]);
      await workspace.stage(bytes);
      expect(done.slice(4)).toEqual([`sync ${home}`]);
      // A folder that went and came again has a new name.
      await rm(join(folder, 'content', '7'), { recursive: true });
      await workspace.stage(bytes);
      expect(done.slice(7)).toEqual([`sync ${home}`, ...above.slice(0, 2)]);
    });

    it('is sure of the name of a file that it puts back before it gives the other one up', async () => {
      await store().forWorkspace(7).stage(bytes);
      const aside = join(folder, home, `.${hash}.1.pruning`);
      await rename(pathIn(7), aside);
      const { workspace, done } = watched();
      await workspace.prune({ before: new Date(0), recorded: async () => new Set() });
      const temporary = join(home, 'temporary');
      expect(done).toEqual([`link ${temporary} ${join(home, hash)}`, `sync ${home}`, `remove ${temporary}`]);
    });
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
