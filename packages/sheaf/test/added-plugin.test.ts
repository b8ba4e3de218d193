import { clients } from '@sheaf/client';
import { type AnyPlugin, definePlugin, defineTool, type ToolContext } from '@sheaf/core';
import { connect, type DataRepositories, type DataScope, dataRef, sql } from '@sheaf/db';
import { createPluginTables, createTestDatabase } from '@sheaf/testkit';
import { createSheaf, firstPartyPlugins } from 'sheaf';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { cli } from './cli-harness.ts';

interface Stars {
  readonly stars: { give(documentId: string, runId: string, count: number): Promise<void> };
}

const giveStars = defineTool({
  summary: 'Give a document stars',
  effect: 'write',
  command: 'stars give',
  positionals: ['document'],
  input: z.object({
    document: z.string().describe('The document: its id, or any of its URLs'),
    starCount: z.int().min(1).max(5).default(5).describe('Stars, 1 to 5'),
  }),
  output: z.object({ uri: z.string(), stars: z.int() }),
  display: ({ uri, stars }) => ({
    kind: 'record',
    fields: [
      ['document', uri],
      ['stars', stars],
    ],
  }),
  async run(context: ToolContext<Stars, { readonly data: DataRepositories }>, { document, starCount }) {
    const found = await context.needs.data.documents.find(document);
    if (!found) throw new Error('no such document');
    const { id: runId } = await context.run.open();
    await context.transaction(async ({ repositories, needs }) => {
      await repositories.stars.give(found.id, runId, starCount);
      await needs.data.stages.set([{ documentId: found.id, stage: 'stars', status: 'completed', runId }]);
    });
    return { uri: found.uri, stars: starCount };
  },
});

function starsPlugin() {
  return definePlugin({
    id: 'stars',
    needs: { data: dataRef },
    schema: { models: new URL('file:///stars.prisma'), tables: ['star_results'] },
    stages: [{ name: 'stars' }],
    facets: [
      {
        stage: 'stars',
        table: 'star_results',
        columns: { count: { column: 'star_count', type: 'integer' }, isFull: { column: 'is_full', type: 'boolean' } },
      },
    ],
    repositories: ({ sql: db, workspace }: DataScope): Stars => ({
      stars: {
        async give(documentId, runId, count) {
          await db.execute(sql`
            INSERT INTO star_results (workspace_id, document_id, run_id, star_count, is_full)
            VALUES (${workspace.id}, ${documentId}, ${runId}, ${count}, ${count === 5})`);
        },
      },
    }),
    tools: { give: giveStars },
  });
}

it.each(['sqlite', 'postgresql'] as const)(
  'a plugin made by definePlugin alone has its command, its method and its facet (%s)',
  async (provider) => {
    const database = await createTestDatabase(provider);
    const connection = await connect({ url: database.url, clients });
    await createPluginTables(connection, {
      star_results: `
        CREATE TABLE star_results (workspace_id integer, document_id text, run_id text, star_count integer,
          is_full boolean, PRIMARY KEY (workspace_id, document_id, run_id))`,
    });
    await connection.close();

    const uri = 'https://stars.example/a';
    const sheaf = await createSheaf({ url: database.url, plugins: [starsPlugin()] });
    const workspace = sheaf.workspace('default');
    await workspace.data.documents.register([{ uri }, { uri: 'https://stars.example/b' }], { method: 'test' });
    expect(await workspace.stars.give({ document: uri, starCount: 3 })).toEqual({ uri, stars: 3 });
    await sheaf.close();

    const config = { plugins: [starsPlugin()] as readonly AnyPlugin[], database: { url: database.url } };
    const run = (...argv: string[]) => cli(argv, { cwd: '/', config });
    const help = await run('stars', 'give', '--help');
    expect(help.out).toContain('Usage: sheaf stars give [options] <document>');
    expect(help.out).toMatch(/--star-count <n>\s+Stars, 1 to 5 \(default: 5\)/);
    expect(await run('stars', 'give', uri, '--star-count', '9')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--star-count: '),
    });
    expect((await run('stars', 'give', uri)).out).toMatch(/stars +5/);

    const [starred, plain] = (await run('docs', '--json')).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(starred).toMatchObject({
      uri,
      stages: { stars: { status: 'completed' } },
      facets: { stars: { count: 5, isFull: true } },
    });
    expect(plain.facets.stars).toBeUndefined();
    await database.drop();
  },
);

it('the first-party plugins fit together', () => {
  expect(firstPartyPlugins().map(({ id }) => id)).toEqual(['web', 'map', 'fetch', 'ingest', 'corpus', 'doctor']);
});
