import { readdirSync } from 'node:fs';
import type { AnyTool } from '@sheaf/core';
import { firstPartyPlugins } from 'sheaf';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cli } from './cli-harness.ts';

const SNAPSHOTS = new URL('help/', import.meta.url);

async function helpOf(words: readonly string[]): Promise<string> {
  const { code, out, err } = await cli([...words, '--help'], { cwd: '/', config: {} });
  expect([code, err]).toEqual([0, '']);
  return out;
}

/** The commands that a help lists, without `help` itself. */
function listedIn(help: string): readonly string[] {
  const [, section = ''] = help.split('\nCommands:\n');
  return [...(section.split('\n\n')[0]?.matchAll(/^ {2}([a-z][\w-]*)/gm) ?? [])]
    .map(([, name]) => name ?? '')
    .filter((name) => name !== 'help');
}

async function allCommands(words: readonly string[] = []): Promise<readonly (readonly string[])[]> {
  const below = await Promise.all(listedIn(await helpOf(words)).map((name) => allCommands([...words, name])));
  return [words, ...below.flat()];
}

const tools = firstPartyPlugins().flatMap(({ id, tools: own }) =>
  Object.entries(own as Record<string, AnyTool>).map(([name, tool]) => ({
    command: tool.command ?? `${id} ${kebab(name)}`,
    tool,
  })),
);

let commands: readonly (readonly string[])[];
beforeAll(async () => {
  commands = await allCommands();
});

describe('--help', () => {
  it('lists a command for every tool', () => {
    const known = commands.map((words) => words.join(' '));
    expect(tools.length).toBeGreaterThan(7);
    expect(tools.map(({ command }) => command).filter((command) => !known.includes(command))).toEqual([]);
  });

  // After a change that is meant: npm test -- packages/sheaf/test/cli-help.test.ts --update, and read the difference.
  it('reads as it was reviewed, for every command', async () => {
    const names = commands.map((words) => `${words.join('-') || 'sheaf'}.txt`);
    for (const [index, words] of commands.entries()) {
      await expect(await helpOf(words)).toMatchFileSnapshot(new URL(names[index] ?? '', SNAPSHOTS).pathname);
    }
    expect(readdirSync(SNAPSHOTS).toSorted()).toEqual(names.toSorted());
  });

  it('fits into 80 columns where no terminal says otherwise, and into the terminal', async () => {
    for (const words of commands) {
      for (const line of (await helpOf(words)).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
    const wide = await cli(['docs', '--help'], { cwd: '/', config: {}, columns: 120 });
    expect(Math.max(...wide.out.split('\n').map(({ length }) => length))).toBeGreaterThan(80);
    expect(Math.max(...wide.out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
  });

  it('gives every command a description and an example of its own, and what every command takes', async () => {
    for (const words of commands) {
      const help = await helpOf(words);
      const [usage, , description] = help.split('\n');
      expect(usage).toMatch(new RegExp(`^Usage: sheaf ${words.join(' ')}`.trim()));
      expect(description, words.join(' ')).toMatch(/^[A-Z].{10,}/);
      const isGroup = help.includes('\nCommands:\n') && words.length > 0;
      if (!isGroup) expect(help, words.join(' ')).toMatch(new RegExp(`\\nExamples:\\n  sheaf ${words.join(' ')}`));
      for (const global of ['--database', '--workspace', '--config', '--json', '--quiet', '--verbose', '--no-color']) {
        expect(help).toMatch(new RegExp(`^  ${global}\\b`, 'm'));
      }
    }
  });

  it.each(tools.map(({ command, tool }) => [command, tool] as const))(
    'of %s tells every field of the tool: description, default and choices',
    async (command, tool) => {
      const help = (await helpOf(command.split(' '))).replaceAll(/\s+/g, ' ');
      expect(help).toContain(tool.summary);
      const { properties = {} } = z.toJSONSchema(tool.input, { io: 'input', unrepresentable: 'any' });
      for (const [field, schema] of Object.entries(properties)) {
        if (typeof schema === 'boolean') throw new Error(`${field} has no schema`);
        // One that takes several values takes one at a time: the words that follow are the command's arguments.
        expect(help).not.toMatch(new RegExp(`--${kebab(field)} <\\w+\\.\\.\\.>`));
        const isPositional = tool.positionals?.includes(field);
        const flag = `--${schema.default === true ? 'no-' : ''}${kebab(field)} `;
        expect(help).toContain(isPositional ? ` ${kebab(field)} ` : flag);
        expect(schema.description, field).toMatch(/^\S.{5,}/);
        expect(help).toContain(schema.description?.replace(/\.$/, ''));
        const { default: value, enum: choices = (schema.items as { enum?: unknown[] } | undefined)?.enum } = schema;
        if (typeof value === 'number' || typeof value === 'string') {
          expect(help).toMatch(new RegExp(`default:? ${value}\\b|${value} \\(default\\)`));
        }
        for (const choice of choices ?? []) expect(help).toContain(`"${choice}"`);
      }
    },
  );

  it('shows examples that the tools accept', () => {
    for (const { command, tool } of tools) {
      for (const { input } of tool.examples ?? []) {
        expect(tool.input.safeParse(input).error?.issues ?? [], command).toEqual([]);
      }
    }
  });

  it('comes from help too, and from no command at all', async () => {
    const run = (...argv: string[]) => cli(argv, { cwd: '/', config: {} });
    expect((await run('help', 'docs')).out).toBe(await helpOf(['docs']));
    expect((await run()).out).toBe(await helpOf([]));
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  });
});

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
