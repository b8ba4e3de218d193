import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mapInput } from '../src/map-input.ts';
import { readSource } from '../src/source.ts';
import { discoverAll } from './support/discover-all.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sheaf-folder-')));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, content = ''): Promise<string> {
  const file = join(root, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  return file;
}

describe('mapping a folder', () => {
  test('finds documents in it and below it, with titles and times', async () => {
    const changed = new Date('2025-06-02T08:00:00Z');
    const readme = await put('README.md', `# The handbook\n${'x'.repeat(100_000)}`);
    await utimes(readme, changed, changed);
    await put('chapters/one & two #1?.mdx', '---\ntitle: One and two\n---\n');
    await put('chapters/deep/er/page.HTML', '<title>x</title>');
    await put('paper.pdf');
    const { batches, discoveries, tally } = await discoverAll({ source: root });
    const found = new Map(discoveries.map((one) => [one.meta?.path, one]));
    expect([...found.keys()].sort()).toEqual([
      'README.md',
      'chapters/deep/er/page.HTML',
      'chapters/one & two #1?.mdx',
      'paper.pdf',
    ]);
    expect(found.get('README.md')).toEqual({
      uri: pathToFileURL(readme).href,
      depth: 0,
      foundAt: null,
      title: 'The handbook',
      modifiedAt: changed,
      meta: { path: 'README.md', size: 100_015 },
    });
    expect(found.get('chapters/one & two #1?.mdx')).toMatchObject({
      uri: `${pathToFileURL(root).href}/chapters/one%20&%20two%20%231%3F.mdx`,
      title: 'One and two',
    });
    expect(batches[0]).toMatchObject({
      method: 'folder',
      source: { kind: 'folder', uri: `${pathToFileURL(root).href}/` },
    });
    expect([tally.isComplete, tally.skipped]).toEqual([true, {}]);
  });

  test('leaves out hidden files, links and what is no document, and says so', async () => {
    await put('a.md');
    await put('.git/config.md');
    await put('.hidden.md');
    await put('image.png');
    await symlink('/etc', join(root, 'outside'));
    await symlink(join(root, 'a.md'), join(root, 'b.md'));
    await symlink(root, join(root, 'loop'));
    const { discoveries, tally } = await discoverAll({ source: root });
    expect(discoveries.map(({ meta }) => meta?.path)).toEqual(['a.md']);
    expect(tally.skipped).toEqual({ hidden: 2, link: 3, 'unsupported-type': 1 });
  });

  test('gives a folder one identity, whatever links lead to it', async () => {
    await put('real/a.md');
    await symlink(join(root, 'real'), join(root, 'alias'));
    const direct = await discoverAll({ source: join(root, 'real') });
    const byLink = await discoverAll({ source: `${pathToFileURL(join(root, 'alias')).href}/` });
    expect(byLink.uris).toEqual(direct.uris);
    expect(byLink.batches[0]?.source).toEqual(direct.batches[0]?.source);
  });

  test('refuses files, what does not exist, and methods of the web', async () => {
    const file = await put('a.md');
    await expect(discoverAll({ source: file })).rejects.toMatchObject({ code: 'map.not-a-folder' });
    await expect(discoverAll({ source: pathToFileURL(join(root, 'none')).href })).rejects.toMatchObject({
      code: 'map.unreadable',
    });
    await expect(discoverAll({ source: root, method: 'crawl' })).rejects.toMatchObject({ code: 'map.method-mismatch' });
    await mkdir(join(root, 'empty'));
    await expect(discoverAll({ source: join(root, 'empty') })).rejects.toMatchObject({ code: 'map.nothing-found' });
  });
});

describe('readSource', () => {
  test('tells addresses from folders', async () => {
    await put('docs.example.com/a.md');
    expect(await readSource('HTTPS://Example.com:443/a/../b#c', root)).toEqual({
      kind: 'web',
      url: 'https://example.com/b',
    });
    expect(await readSource('docs.example.com', root)).toEqual({
      kind: 'folder',
      path: join(root, 'docs.example.com'),
    });
    expect(await readSource('.', root)).toEqual({ kind: 'folder', path: root });
  });

  test('guesses nothing, and hints at what was meant', async () => {
    await expect(readSource('www.example.com/docs', root)).rejects.toMatchObject({
      code: 'map.unsupported-source',
      hint: 'Did you mean https://www.example.com/docs?',
    });
    await expect(readSource('ftp://example.com/', root)).rejects.toMatchObject({ code: 'map.unsupported-source' });
    await expect(readSource('http://', root)).rejects.toMatchObject({ code: 'web.invalid-url' });
  });
});

describe('the input of map', () => {
  test('has the documented defaults', () => {
    expect(mapInput.parse({ source: 'x' })).toEqual({
      source: 'x',
      method: 'auto',
      maxDepth: 10,
      maxPages: 1_000,
      include: [],
      exclude: [],
      allowExternal: false,
      dryRun: false,
    });
  });

  test.each([
    { source: '' },
    { source: 'x', method: 'magic' },
    { source: 'x', maxDepth: -1 },
    { source: 'x', limit: 0 },
    { source: 'x', sitemap: 'sitemap.xml' },
    { source: 'x', sitemap: 'https://example.com/sitemap.xml', method: 'crawl' },
  ])('refuses %j', (input) => {
    expect(mapInput.safeParse(input).success).toBe(false);
  });
});
