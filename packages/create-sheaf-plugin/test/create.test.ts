import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempFolder } from '@sheaf/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CreateIo, main } from '../src/index.ts';

async function emptyFolder(): Promise<string> {
  const { path, remove } = await createTempFolder('create');
  onTestFinished(remove);
  return path;
}

async function run(cwd: string, argv: readonly string[], ask?: CreateIo['ask']) {
  const out: string[] = [];
  const err: string[] = [];
  const output = (lines: string[]) => ({ write: (text: string) => void lines.push(text) });
  const code = await main(argv, { stdout: output(out), stderr: output(err), cwd, ask });
  return { code, out: out.join(''), err: err.join('') };
}

describe('npm create sheaf-plugin', () => {
  test('writes a package named after the folder, in which no word of the template is left', async () => {
    const cwd = await emptyFolder();
    const { code, out } = await run(cwd, ['page-weight']);
    expect(code).toBe(0);
    const folder = join(cwd, 'page-weight');
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
      name: 'sheaf-plugin-page-weight',
      peerDependencies: { '@sheaf/core': expect.stringMatching(/^\^\d+\.\d+\.\d+$/) },
    });
    expect(readFileSync(join(folder, 'prisma/page-weight.prisma'), 'utf8')).toContain('model PageWeightResult {');
    expect(readFileSync(join(folder, 'prisma/page-weight.prisma'), 'utf8')).toContain('@@map("page_weight_results")');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    expect(paths.filter((path) => /__|\.tmpl/.test(path) || /__[a-zA-Z]+__/.test(readFileSync(path, 'utf8')))).toEqual(
      [],
    );
    expect(out).toBe(
      `Made sheaf-plugin-page-weight in page-weight:\n${paths
        .map((path) => `  ${path.slice(folder.length + 1)}\n`)
        .sort()
        .join('')}Next:\n  cd page-weight\n  npm install\n  npm test\n`,
    );
  });

  test.each([
    [['sheaf-plugin-stars'], 'sheaf-plugin-stars', 'stars'],
    [['work/My Folder', '--id', 'stars'], 'work/My Folder', 'stars'],
  ])('takes the id from %j', async (argv, folder, id) => {
    const cwd = await emptyFolder();
    expect((await run(cwd, argv)).code).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, folder, 'package.json'), 'utf8')).name).toBe(`sheaf-plugin-${id}`);
    expect(existsSync(join(cwd, folder, `test/${id}.test.ts`))).toBe(true);
  });

  test('goes into the folder that it is in, if that is empty', async () => {
    const cwd = await emptyFolder();
    expect(await run(cwd, ['.', '--id', 'stars'])).toMatchObject({ code: 0, out: expect.stringContaining('cd .\n') });
    expect(existsSync(join(cwd, 'package.json'))).toBe(true);
  });

  test('refuses a folder that is not empty, and leaves it as it is', async () => {
    const cwd = await emptyFolder();
    writeFileSync(join(cwd, 'mine.txt'), 'mine');
    const { code, err } = await run(cwd, ['.', '--id', 'stars']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^error create\.folder-not-empty: .*\nName another folder/)]);
    expect(readdirSync(cwd)).toEqual(['mine.txt']);
  });

  test.each(['Stars', '2stars', 'a_b', 'a--b', 'ü'])('refuses the id "%s", and writes nothing', async (id) => {
    const cwd = await emptyFolder();
    expect(await run(cwd, ['stars', '--id', id])).toMatchObject({
      code: 1,
      err: expect.stringContaining('error create.invalid-name: '),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('asks for the folder at a terminal, and nowhere else', async () => {
    const cwd = await emptyFolder();
    const questions: string[] = [];
    const ask = async (question: string) => {
      questions.push(question);
      return ' stars\n';
    };
    expect((await run(cwd, [], ask)).code).toBe(0);
    expect(existsSync(join(cwd, 'stars/package.json'))).toBe(true);
    expect(questions).toHaveLength(1);
    expect(await run(cwd, [])).toMatchObject({ code: 2, err: expect.stringContaining('error create.usage: ') });
    expect((await run(cwd, ['other'], ask)).code).toBe(0);
    expect(questions).toHaveLength(1);
  });

  test('says how it is used', async () => {
    expect(await run('/', ['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: npm create') });
    for (const argv of [['a', 'b'], ['--colour'], ['a', '--id']]) expect((await run('/', argv)).code).toBe(2);
  });
});
