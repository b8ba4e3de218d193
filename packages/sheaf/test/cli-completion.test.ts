import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTempFolder, type TempFolder } from '@sheaf/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from './cli-harness.ts';
import { shopPlugin } from './shop-plugin.ts';

let folder: TempFolder;
beforeAll(async () => {
  folder = await createTempFolder('cli-completion');
});
afterAll(() => folder.remove());

/** What is offered for the last word. */
async function offered(...words: string[]): Promise<string[]> {
  const config = { plugins: [shopPlugin()] };
  const { code, out, err } = await cli(['__complete', ...words], { cwd: folder.path, config });
  expect([code, err]).toEqual([0, '']);
  return out.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('completion', () => {
  it('offers the commands, those of plugins too, with what they do', async () => {
    const commands = await offered('');
    for (const name of ['map', 'fetch', 'docs', 'runs', 'init', 'db', 'completion', 'shop']) {
      expect(commands).toContain(name);
    }
    expect(commands).not.toContain('__complete');
    expect(await offered('do')).toEqual(['docs', 'doctor']);
    const { out } = await cli(['__complete', 'docs'], { cwd: folder.path, config: {} });
    expect(out).toBe('docs\tList documents with where they stand\n');
  });

  it('offers the commands of a group, and options after its name', async () => {
    expect(await offered('db', '')).toEqual(['migrate', 'status', 'compose', 'eject', 'help']);
    expect(await offered('shop', 's')).toEqual(['stock']);
    expect(await offered('db', 'compose', '--c')).toEqual(['--check', '--config', '--connect-to']);
  });

  it('offers the options of the command and of all commands', async () => {
    const options = await offered('docs', '-');
    for (const option of ['--status', '--order-by', '--no-gone', '--limit', '--json', '--database', '--help']) {
      expect(options).toContain(option);
    }
    expect(options).not.toContain('--max-pages');
    expect(await offered('docs', '--status', 'failed', '--stat')).toEqual(['--status']);
    expect(await offered('--workspace', 'x', '--dat')).toEqual(['--database']);
  });

  it('offers the values that an option takes, written either way', async () => {
    expect(await offered('map', '--method', '')).toEqual(['auto', 'sitemap', 'crawl', 'feed', 'folder']);
    expect(await offered('shop', 'list', '--shelf', 'c')).toEqual(['coffee', 'cocoa']);
    expect(await offered('shop', 'list', '--shelf=c')).toEqual(['--shelf=coffee', '--shelf=cocoa']);
    expect(await offered('docs', '--status', 'failed', '--status', 's')).toEqual(['skipped', 'stale']);
    expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  });

  it('offers files where a word is free, and nothing where none belongs', async () => {
    expect(await offered('map', './han')).toEqual([':files']);
    expect(await offered('fetch', 'one', '')).toEqual([':files']);
    expect(await offered('docs', '--config', '')).toEqual([':files']);
    expect(await offered('docs', '--config=x')).toEqual([':files']);
    expect(await offered('docs', '')).toEqual([]);
    expect(await offered('map', './handbook', '')).toEqual([]);
  });

  it('takes words after -- and values of options for no commands or options', async () => {
    expect(await offered('map', '--', '--method')).toEqual([':files']);
    expect(await offered('--workspace', 'db', 'stat')).toEqual(['status']);
    expect(await offered('docs', '--contains', 'db', '--contains', 'x', 'mig')).toEqual([]);
  });

  it('opens no database, and offers what it can where the configuration is broken', async () => {
    writeFileSync(join(folder.path, 'broken.mjs'), 'export default {');
    const argv = ['__complete', '--config', 'broken.mjs', 'docs'];
    const { code, out, err } = await cli(argv, { cwd: folder.path });
    expect([code, out, err]).toEqual([0, 'docs\tList documents with where they stand\n', '']);
    expect(readdirSync(folder.path)).not.toContain('.sheaf');
  });
});

describe('sheaf completion', () => {
  it('knows three shells', async () => {
    const { code, err } = await cli(['completion', 'powershell'], { cwd: folder.path });
    expect([code, err]).toEqual([2, expect.stringContaining('Allowed choices are bash, zsh, fish')]);
  });

  describe('bash', { timeout: 120_000 }, () => {
    /** Lets bash complete a line, with the cursor at `|`, and gives what it puts in place of the last word. */
    async function complete(line: string, bin: string): Promise<string[]> {
      const at = line.indexOf('|');
      const script = `
        source completion.bash
        COMP_LINE="$LINE" COMP_POINT=${at === -1 ? line.length : at} COMP_WORDS=($LINE) COMP_CWORD=$((\${#COMP_WORDS[@]}-1))
        _sheaf sheaf "\${COMP_WORDS[COMP_CWORD]}"
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout, stderr } = await promisify(execFile)('bash', ['--noprofile', '--norc', '-c', script], {
        cwd: folder.path,
        env: { PATH: `${join(folder.path, bin)}:${process.env.PATH}`, LINE: line.replace('|', '') },
      });
      expect(stderr).toBe('');
      return stdout.split('\n').filter((one) => one !== '');
    }

    function install(bin: string, script: string): void {
      const file = join(folder.path, bin, 'sheaf');
      mkdirSync(join(folder.path, bin));
      writeFileSync(file, `#!/bin/bash\n${script}\n`);
      chmodSync(file, 0o755);
    }

    beforeAll(async () => {
      const { out } = await cli(['completion', 'bash'], { cwd: folder.path });
      writeFileSync(join(folder.path, 'completion.bash'), out);
      writeFileSync(join(folder.path, 'handbook one.md'), '');
      const program = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
      install('bin', `exec '${process.execPath}' --conditions=@sheaf/source '${program}' "$@"`);
      // Answers with the words that it is asked about.
      install('echo', `printf '[%s]\\tand what it means\\n' "$@"`);
      install('files', `echo :files`);
      install('methods', `printf '%s\\n' --method=crawl --method=feed`);
      // The configuration of a folder names its plugins.
      const plugin = JSON.stringify(new URL('shop-plugin.ts', import.meta.url).href);
      writeFileSync(
        join(folder.path, 'sheaf.config.mjs'),
        `import { shopPlugin } from ${plugin};\nexport default { plugins: [shopPlugin()] };`,
      );
    });

    it('offers what the program answers, in the folder where it is asked', async () => {
      expect(await complete('sheaf sho', 'bin')).toEqual(['show', 'shop']);
    });

    it.each([
      ['sheaf ', ['']],
      ['sheaf docs --st', ['docs', '--st']],
      ['sheaf docs --status ', ['docs', '--status', '']],
      ['sheaf map  https://a.example:80/b=c  --m', ['map', 'https://a.example:80/b=c', '--m']],
      ['sheaf db m| --json', ['db', 'm']],
      ['LANG=C sheaf db ', ['db', '']],
    ])('asks for "%s" with the words as they were typed', async (line, words) => {
      expect(await complete(line, 'echo')).toEqual(['__complete', ...words].map((word) => `[${word}]`));
    });

    it('replaces only what follows = or :, which is a word of its own to bash', async () => {
      expect(await complete('sheaf map --method=', 'methods')).toEqual(['crawl', 'feed']);
      expect(await complete('sheaf map --me', 'methods')).toEqual(['--method=crawl', '--method=feed']);
    });

    it('offers files where they fit, also behind =', async () => {
      expect(await complete('sheaf map hand', 'files')).toEqual(['handbook one.md']);
      expect(await complete('sheaf map --config=hand', 'files')).toEqual(['handbook one.md']);
    });
  });

  // Neither shell can be counted on where tests run; that each construct is closed can be seen without them.
  it('gives zsh a script that asks as bash’s does', async () => {
    const { out } = await cli(['completion', 'zsh'], { cwd: folder.path });
    writeFileSync(join(folder.path, '_sheaf'), out);
    await promisify(execFile)('bash', ['-n', join(folder.path, '_sheaf')]);
    expect(out).toMatch(/^#compdef sheaf\n/);
    for (const part of [' __complete ', '":files"', '_files', '_describe']) expect(out).toContain(part);
  });

  it('gives fish a script that asks as bash’s does', async () => {
    const { out } = await cli(['completion', 'fish'], { cwd: folder.path });
    expect(out.match(/^ *(function|for|if|while|switch|begin)\b/gm)).toHaveLength(out.match(/^ *end$/gm)?.length ?? 0);
    expect((out.match(/["']/g) ?? []).length % 2).toBe(0);
    for (const part of ['$words[1] __complete', '":files"', '__fish_complete_path', 'complete --command sheaf']) {
      expect(out).toContain(part);
    }
  });
});
