import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disagreements } from './support/consistency.ts';
import { type FetchSheaf, fetchSheaf } from './support/fetch-sheaf.ts';

describe('files', () => {
  let running: FetchSheaf;
  let folder: string;
  const workspace = () => running.sheaf.workspace('default');
  const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;
  const register = (...names: readonly string[]) =>
    workspace().data.documents.register(
      names.map((name) => ({ uri: uriOf(name) })),
      { method: 'folder' },
    );
  const found = (name: string) => workspace().data.documents.find(uriOf(name));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sheaf-files-'));
    running = await fetchSheaf('sqlite', { fetch: { maxBodyBytes: 1_000 } });
  });
  afterEach(async () => {
    expect(await disagreements(running)).toEqual([]);
    await running.close();
    await rm(folder, { recursive: true });
  });

  test('are read by their name’s type', async () => {
    await writeFile(join(folder, 'a b.md'), '# Notes\n\nText.\n');
    await writeFile(join(folder, 'page.html'), '<title>Page</title><p>Hello.</p>');
    await register('a b.md', 'page.html');
    expect(await workspace().fetch.run({})).toMatchObject({ completed: 2, changes: { created: 2 } });
    expect(await found('a b.md')).toMatchObject({ title: 'Notes', mimeType: 'text/markdown' });
    expect(await found('page.html')).toMatchObject({ title: 'Page', mimeType: 'text/html' });
    expect((await found('page.html'))?.facets.fetch).toMatchObject({ httpStatus: null, change: 'created' });
  });

  test('are only read again when they have changed', async () => {
    await writeFile(join(folder, 'a.txt'), 'One.');
    await register('a.txt');
    await workspace().fetch.run({});
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ changes: { unchanged: 1 } });
    await writeFile(join(folder, 'a.txt'), 'Two.');
    await utimes(join(folder, 'a.txt'), new Date(), new Date(Date.now() + 5_000));
    expect(await workspace().fetch.run({ refetch: true })).toMatchObject({ changes: { updated: 1 } });
  });

  test('that are missing are gone, and too large ones are refused', async () => {
    await writeFile(join(folder, 'large.txt'), 'x'.repeat(1_001));
    await register('none.txt', 'large.txt', '.');
    const output = await workspace().fetch.run({});
    expect(output.errorCounts).toEqual({
      'fetch.file-missing': 1,
      'fetch.file-too-large': 1,
      'fetch.file-unreadable': 1,
    });
    expect((await found('none.txt'))?.goneAt).toBeInstanceOf(Date);
  });

  test('other addresses than those of files and the web cannot be fetched', async () => {
    await workspace().data.documents.register([{ uri: 'sanity://project/doc' }], { method: 'cms' });
    expect((await workspace().fetch.run({})).errorCounts).toEqual({ 'fetch.unsupported-scheme': 1 });
  });
});
