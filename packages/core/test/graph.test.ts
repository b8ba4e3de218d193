import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AnyPlugin, buildGraph, definePlugin, defineTool, isSheafError, pluginRef } from '../src/index.ts';

const ref = <const Id extends string>(id: Id) => pluginRef<Id, object, object>(id);
const tool = (command?: string) =>
  defineTool({
    summary: 'Do it',
    effect: 'read',
    input: z.object({}),
    output: z.object({}),
    ...(command === undefined ? {} : { command }),
    run: async () => ({}),
  });
const schema = (...tables: string[]) => ({ models: new URL('file:///models.prisma'), tables });

function problemsOf(...plugins: AnyPlugin[]): readonly string[] {
  try {
    buildGraph(plugins);
  } catch (error) {
    if (isSheafError(error, 'plugin.invalid-graph')) return error.details.problems as string[];
    throw error;
  }
  return [];
}

describe('buildGraph', () => {
  it('puts dependencies first and keeps the given order otherwise', () => {
    const graph = buildGraph([
      definePlugin({ id: 'c', needs: { b: ref('b') } }),
      definePlugin({ id: 'x' }),
      definePlugin({ id: 'b', needs: { a: ref('a') } }),
      definePlugin({ id: 'a' }),
    ]);
    expect(graph.plugins.map((plugin) => plugin.id)).toEqual(['a', 'b', 'c', 'x']);
  });

  it('collects tools with their commands', () => {
    const graph = buildGraph([definePlugin({ id: 'map', tools: { run: tool('chart'), showLinks: tool() } })]);
    expect(graph.tools.map(({ plugin, name, command }) => [plugin, name, command])).toEqual([
      ['map', 'run', 'chart'],
      ['map', 'showLinks', 'map show-links'],
    ]);
  });

  it('names a missing need with who needs it', () => {
    expect(problemsOf(definePlugin({ id: 'map', needs: { web: ref('web') } }))).toEqual([
      'The plugin "map" needs "web", which is not registered.',
    ]);
  });

  it('shows a circle as a path', () => {
    expect(
      problemsOf(
        definePlugin({ id: 'a', needs: { b: ref('b') } }),
        definePlugin({ id: 'b', needs: { c: ref('c') } }),
        definePlugin({ id: 'c', needs: { b: ref('b') } }),
      ),
    ).toEqual(['Plugins need each other in a circle: b -> c -> b.']);
  });

  it('refuses clashing commands, tables, stages and facets', () => {
    const facet = { stage: 'fetch', table: 'results', columns: {} };
    const problems = problemsOf(
      definePlugin({
        id: 'one',
        schema: schema('results'),
        stages: [{ name: 'fetch' }],
        facets: [facet],
        tools: { run: tool('go') },
      }),
      definePlugin({
        id: 'two',
        schema: schema('results'),
        stages: [{ name: 'fetch' }],
        facets: [facet],
        tools: { run: tool('go') },
      }),
    );
    expect(problems).toEqual([
      'The command "go" is claimed by "one.run" and "two.run".',
      'The table "results" is claimed by "one" and "two".',
      'The stage "fetch" is claimed by "one" and "two".',
      'The stage "fetch" has several facets, by "one" and "two".',
    ]);
  });

  it('collects invariants, and refuses names that are not valid or stand for two', () => {
    const invariant = (id: string) => ({ id, summary: 'It holds.', find: () => [] });
    const [first, second] = [invariant('books.shelved'), invariant('books.read-once')];
    const graph = buildGraph([definePlugin({ id: 'books', invariants: [first, second] })]);
    expect(graph.invariants).toEqual([first, second]);
    expect(
      problemsOf(
        definePlugin({ id: 'one', invariants: [first, invariant('Books')] }),
        definePlugin({ id: 'two', invariants: [first] }),
      ),
    ).toEqual([
      'The invariant "Books" of "one" has no valid name: use a concept and what holds of it.',
      'The invariant "books.shelved" is claimed by "one" and "two".',
    ]);
  });

  it('refuses contents in the columns of tables that the plugin does not own', () => {
    const contents = { books: ['cover'], others: ['cover'] };
    expect(problemsOf(definePlugin({ id: 'one', schema: { ...schema('books'), contents } }))).toEqual([
      '"one" says what contents the table "others" names, which the plugin does not own.',
    ]);
  });

  it('refuses a facet on what the plugin does not own', () => {
    expect(
      problemsOf(definePlugin({ id: 'one', facets: [{ stage: 'fetch', table: 'documents', columns: {} }] })),
    ).toEqual([
      'A facet of "one" reads the table "documents", which the plugin does not own.',
      'A facet of "one" belongs to the stage "fetch", which the plugin does not keep.',
    ]);
  });

  it('refuses a command below another command', () => {
    expect(problemsOf(definePlugin({ id: 'map', tools: { run: tool('map'), site: tool('map site') } }))).toEqual([
      'The command "map site" of "map.site" lies under "map" of "map.run".',
    ]);
  });

  it('reports every problem in one error', () => {
    const problems = problemsOf(
      definePlugin({ id: 'Bad Id' }),
      definePlugin({ id: 'twin' }),
      definePlugin({ id: 'twin', needs: { gone: ref('gone') } }),
      definePlugin({ id: 'tools', tools: { 'bad-name': tool(), fine: tool('Bad Command') } }),
    );
    expect(problems).toEqual([
      '"Bad Id" is no plugin id: use lower-case words joined by "-".',
      'The plugin "twin" is registered 2 times.',
      'The plugin "twin" needs "gone", which is not registered.',
      'The tool "tools.bad-name" has no valid name: use camelCase.',
      'The tool "tools.fine" has no valid command "Bad Command": use lower-case words.',
    ]);
  });
});
