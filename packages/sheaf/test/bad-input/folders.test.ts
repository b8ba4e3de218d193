import { execFileSync } from 'node:child_process';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../cli-harness.ts';
import { expectFailure } from './support/expect-failure.ts';
import { runCli } from './support/run-cli.ts';

let folder: TempFolder;
let docs: string;
beforeEach(async () => {
  folder = await createTempFolder('folders');
  await chmod(folder.path, 0o777);
  docs = join(folder.path, 'docs');
  await mkdir(docs);
  await writeFile(join(docs, 'fine.md'), '# Fine\n\nA document.');
});
afterEach(() => folder.remove());

const run = (...argv: string[]) => cli([...argv, '--database', join(folder.path, 'sheaf.db')], { cwd: folder.path });
const json = async (...argv: string[]) => JSON.parse((await run(...argv, '--json')).out);

describe('a folder', () => {
  it('whose files and folders may not be read gives the rest, and a record of them', async () => {
    await writeFile(join(docs, 'locked.md'), '# Locked', { mode: 0 });
    await mkdir(join(docs, 'shut'), { mode: 0 });
    const argv = ['ingest', docs, '--database', 'sheaf.db', '--json'];
    const result = await runCli(argv, { cwd: folder.path, isUnprivileged: true });
    expect(result.code).toBe(0);
    const { map, fetch } = JSON.parse(result.out);
    expect(map).toMatchObject({ discovered: 1, isComplete: false });
    expect(map.errors).toEqual(
      expect.arrayContaining([
        {
          url: pathToFileURL(join(docs, 'locked.md')).href,
          code: 'map.unreadable',
          message: expect.stringMatching(/EACCES/),
        },
        {
          url: pathToFileURL(join(docs, 'shut')).href,
          code: 'map.unreadable',
          message: expect.stringMatching(/EACCES/),
        },
      ]),
    );
    expect(fetch).toMatchObject({ completed: 1, failed: 0 });
  });

  it('that may not be read itself is told', async () => {
    await chmod(docs, 0);
    const result = await runCli(['map', docs, '--database', 'sheaf.db'], { cwd: folder.path, isUnprivileged: true });
    await chmod(docs, 0o755);
    expectFailure(result, { code: 'map.unreadable', says: /docs" cannot be read: EACCES/, hint: /this user may read/ });
  });

  it('with links that go round in a circle is read once', async () => {
    await symlink('..', join(docs, 'up'));
    await symlink('self.md', join(docs, 'self.md'));
    expect(await json('map', docs)).toMatchObject({ discovered: 1, skipped: { link: 2 }, errorCount: 0 });
  });

  it('that is such a link itself is told', async () => {
    await symlink('circle', join(folder.path, 'circle'));
    const result = await run('map', join(folder.path, 'circle'));
    expectFailure(result, { code: 'map.unsupported-source', says: /circle/, hint: /folder/ });
  });

  it('with pipes in it neither reads nor waits for them', async () => {
    execFileSync('mkfifo', [join(docs, 'pipe.md')]);
    expect(await json('ingest', docs)).toMatchObject({
      map: { discovered: 1, skipped: { 'unsupported-type': 1 } },
      fetch: { completed: 1, failed: 0 },
    });
  });

  it('whose file became a pipe before it was fetched records that', async () => {
    await run('map', docs);
    await rm(join(docs, 'fine.md'));
    execFileSync('mkfifo', [join(docs, 'fine.md')]);
    expect(await json('fetch')).toMatchObject({
      failed: 1,
      errors: [{ code: 'fetch.file-unreadable', message: expect.stringContaining('it is no file') }],
    });
  });

  it('with names that are not UTF-8 gives the rest, and says so', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${docs}/caf`), Buffer.from([0xe9]), Buffer.from('.md')]), '# Latin 1');
    await writeFile(join(docs, 'odd \ufffd.md'), '# Odd, but UTF-8');
    const output = await json('map', docs);
    expect(output).toMatchObject({ discovered: 2, errorCount: 1, isComplete: false });
    expect(output.errors[0]).toMatchObject({
      code: 'map.unreadable',
      message: expect.stringContaining('not valid UTF-8'),
    });
  });

  it('with nothing to read in it is told', async () => {
    await rm(join(docs, 'fine.md'));
    expectFailure(await run('map', docs), { code: 'map.nothing-found', says: /docs/, hint: /\.md/ });
  });

  it('that is a file, or a device, is told', async () => {
    for (const path of [join(docs, 'fine.md'), '/dev/null']) {
      expectFailure(await run('map', path), { code: 'map.not-a-folder', says: /not a folder/, hint: /folder/ });
    }
  });
});
