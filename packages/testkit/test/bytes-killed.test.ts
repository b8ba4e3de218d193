import * as nodeFiles from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clients } from '@sheaf/client';
import { contentHash } from '@sheaf/core';
import { createDataRepositories, createFileByteStore, type FileSystem } from '@sheaf/db';
import { type OpenedData, openTestData, runFixture } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ageFiles, storedFiles } from '../src/contracts/support/byte-files.ts';

const DAY = 24 * 60 * 60 * 1000;
const TEXT = 'bytes that take a while to write';
const HASH = contentHash(TEXT);
const fixture = new URL('fixtures/store-bytes.ts', import.meta.url);

let data: OpenedData;
beforeEach(async () => {
  data = await openTestData({ provider: 'sqlite', clients });
});
afterEach(() => data.close());

const folder = () => `${data.url}-bytes`;
const killedAt = async (point: string, text = TEXT): Promise<void> => {
  const process = runFixture(fixture, [data.url, folder(), point, text]);
  await process.line(new RegExp(`^reached ${point}$`));
  expect((await process.kill()).signal).toBe('SIGKILL');
};
const store = async (text: string): Promise<void> => {
  const { contents } = await data.repositories();
  await contents.record([await contents.stage(new TextEncoder().encode(text))]);
};
const read = async (hash: string): Promise<string> =>
  new TextDecoder().decode(await (await data.repositories()).contents.read(hash));
const nothing = { artifacts: 0, contents: 0, contentBytes: 0, files: 0, temporaryFiles: 0, fileBytes: 0 };

describe('a process that is killed', () => {
  const kept = contentHash('kept');

  it.each([
    ['in-writing', { temporaryFiles: 1, fileBytes: TEXT.length / 2 }],
    ['before-rename', { temporaryFiles: 1, fileBytes: TEXT.length }],
    ['after-rename', { files: 1, fileBytes: TEXT.length }],
    ['before-row', { files: 1, fileBytes: TEXT.length }],
    ['before-commit', { files: 1, fileBytes: TEXT.length }],
  ])('storing bytes, %s, leaves what pruning collects, and no more', async (point, left) => {
    const { contents, documents } = await data.repositories();
    await store('kept');
    const [registered] = await documents.register([{ uri: 'https://example.com/' }], { method: 'cli' });
    await (await data.scope()).transaction(async (inner) => {
      const { id: runId } = await createDataRepositories(inner).runs.open({
        tool: 'shop.count',
        input: {},
        inputDigest: 'x',
        workerId: 'w',
        leaseMs: 1,
        resume: false,
      });
      const observed = { bytesHash: kept, textHash: null, mimeType: null, size: 4, title: null };
      const documentId = registered?.documentId ?? '';
      await createDataRepositories(inner).documents.recordContent([{ ...observed, documentId }], { runId });
    });
    await killedAt(point);
    await expect(contents.read(HASH)).rejects.toMatchObject({ code: 'db.content-missing' });
    expect(await contents.prune()).toEqual(nothing);
    await ageFiles(data, new Date(Date.now() - 2 * DAY));
    expect(await contents.prune()).toEqual({ ...nothing, ...left });
    expect((await storedFiles(data)).map(({ name }) => name)).toEqual([kept]);
    await store(TEXT);
    expect([await read(HASH), await read(kept)]).toEqual([TEXT, 'kept']);
  });

  it('pruning leaves what can be stored again, and what the next pruning collects', async () => {
    const { contents } = await data.repositories();
    await killedAt('before-row');
    await ageFiles(data, new Date(Date.now() - 2 * DAY));
    await killedAt('after-rename', '');
    expect((await storedFiles(data)).map(({ name }) => name)).toEqual([expect.stringMatching(/\.pruning$/)]);
    await store(TEXT);
    expect(await read(HASH)).toBe(TEXT);
    expect(await contents.prune()).toEqual(nothing);
    expect((await storedFiles(data)).map(({ name }) => name)).toEqual([HASH]);
    expect(await read(HASH)).toBe(TEXT);
  });

  it('pruning just as the bytes were stored again leaves them to the next pruning, which puts them back', async () => {
    const { contents } = await data.repositories();
    await store(TEXT);
    const [file] = await storedFiles(data);
    await nodeFiles.rename(file?.path ?? '', join(dirname(file?.path ?? ''), `.${HASH}.1.pruning`));
    await expect(contents.read(HASH)).rejects.toMatchObject({ code: 'db.content-missing' });
    expect(await contents.prune()).toEqual(nothing);
    expect(await read(HASH)).toBe(TEXT);
  });
});

describe('staging at the very moment of a pruning', () => {
  /** The store with something that happens once, right before a file operation. */
  const withBefore = async (name: 'rename' | 'utimes', act: () => Promise<unknown>) => {
    let isDone = false;
    const actBefore = async (operation: string): Promise<void> => {
      if (isDone || operation !== name) return;
      isDone = true;
      await act();
    };
    const files: FileSystem = {
      ...nodeFiles,
      rename: (from, to) => actBefore('rename').then(() => nodeFiles.rename(from, to)),
      utimes: (path, accessed, modified) => actBefore('utimes').then(() => nodeFiles.utimes(path, accessed, modified)),
    };
    const scope = await data.scope();
    const bytes = createFileByteStore({ folder: folder(), files }).forWorkspace(scope.workspace.id);
    return createDataRepositories({ ...scope, bytes }).contents;
  };
  const stageTwoDaysAgo = async (): Promise<void> => {
    await (await data.repositories()).contents.stage(new TextEncoder().encode(TEXT));
    await ageFiles(data, new Date(Date.now() - 2 * DAY));
  };

  it('after the file was found old, keeps it', async () => {
    await stageTwoDaysAgo();
    const pruner = await withBefore('rename', () => store(TEXT));
    expect(await pruner.prune()).toEqual(nothing);
    expect(await read(HASH)).toBe(TEXT);
    expect((await storedFiles(data)).map(({ name }) => name)).toEqual([HASH]);
  });

  it('after the file was found intact, writes it again', async () => {
    await stageTwoDaysAgo();
    const { contents } = await data.repositories();
    const pruned: unknown[] = [];
    const writer = await withBefore('utimes', async () => pruned.push(await contents.prune()));
    const staged = await writer.stage(new TextEncoder().encode(TEXT));
    expect(pruned).toEqual([{ ...nothing, files: 1, fileBytes: TEXT.length }]);
    await contents.record([staged]);
    expect(await read(HASH)).toBe(TEXT);
  });
});
