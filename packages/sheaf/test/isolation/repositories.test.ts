import { createDataRepositories, type DataScope, sql } from '@sheaf/db';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeWith } from './composed-models.ts';
import { type Observation, observeProbe, rowsOf } from './observe-probe.ts';
import { PROBES, type Probe } from './probes.ts';
import { graph, openTenants, type Tenants } from './tenants.ts';

type Repositories = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const plugins = [
  { id: 'data', repositoriesOf: (scope: DataScope) => createDataRepositories(scope) as unknown as Repositories },
  ...graph.plugins
    .filter(({ id }) => id !== 'data')
    .map(({ id, repositories }) => ({ id, repositoriesOf: (scope: DataScope) => repositories(scope) as Repositories })),
];

const { models } = await composeWith();

const probes = Object.entries(PROBES).flatMap(([plugin, repositories]) =>
  Object.entries(repositories).flatMap(([repository, methods]) =>
    Object.entries(methods).map(([method, probe]) => ({ name: `${plugin}.${repository}.${method}`, plugin, probe })),
  ),
);

describe.each([
  { provider: 'sqlite', areTwins: false },
  { provider: 'sqlite', areTwins: true },
  { provider: 'postgresql', areTwins: false },
  { provider: 'postgresql', areTwins: true },
] as const)('on $provider, the ids of both workspaces being the same: $areTwins,', ({ provider, areTwins }) => {
  const statements = new Set<string>();
  let alone: Tenants;
  let shared: Tenants;
  let before: string;
  beforeAll(async () => {
    alone = await openTenants(provider, { isAlone: true, areTwins });
    shared = await openTenants(provider, { isAlone: false, areTwins, onStatement: (text) => statements.add(text) });
    before = await rowsOf(shared.data.connection, shared.blueId as number);
    statements.clear();
  }, 120_000);
  afterAll(() => Promise.all([alone.data.close(), shared.data.close()]));

  /** What a caller gets, and what is left of the other tenant, with and without the other. */
  async function leaksOf(repositoriesOf: (scope: DataScope) => unknown, probe: Probe<unknown>): Promise<string[]> {
    const expected: Observation = await observeProbe(alone, repositoriesOf, probe);
    const actual: Observation = await observeProbe(shared, repositoriesOf, probe);
    return [
      ...(actual.outcome === expected.outcome ? [] : [`${expected.outcome} became ${actual.outcome}`]),
      ...(actual.others === undefined || actual.others === before ? [] : ['rows of the other workspace have changed']),
    ];
  }

  it('every method of every repository has a probe', () => {
    const methods = plugins.flatMap(({ id, repositoriesOf }) =>
      Object.entries(repositoriesOf(shared.red) ?? {}).flatMap(([repository, object]) =>
        Object.keys(object).map((method) => `${id}.${repository}.${method}`),
      ),
    );
    expect(probes.map(({ name }) => name).sort()).toEqual(methods.sort());
    expect(methods.length).toBeGreaterThan(60);
  });

  it.each(probes)('$name is the same whether another workspace exists or not, and leaves it as it is', async (one) => {
    const { repositoriesOf } = plugins.find(({ id }) => id === one.plugin) as (typeof plugins)[number];
    expect(await leaksOf(repositoriesOf, one.probe)).toEqual([]);
  });

  it('a method that forgets the workspace is found; PostgreSQL keeps it from doing harm', async () => {
    const forgetful = ({ sql: db }: DataScope) => ({
      titles: () => db.all(sql`SELECT title FROM documents ORDER BY title`),
      rename: () => db.execute(sql`UPDATE documents SET title = 'renamed'`),
    });
    type Forgetful = ReturnType<typeof forgetful>;
    const found = [
      await leaksOf(forgetful, (repository) => (repository as Forgetful).titles()),
      await leaksOf(forgetful, (repository) => (repository as Forgetful).rename()),
    ];
    const leaks = [[expect.stringContaining('became')], [expect.stringContaining('became'), expect.any(String)]];
    expect(found).toEqual(provider === 'sqlite' ? leaks : [[], []]);
  });

  it('every statement names the workspace of the rows that it is about', () => {
    const tenant = models.filter(({ scope }) => scope === 'workspace').map(({ table }) => table);
    const isAboutRows = new RegExp(`\\b(?:FROM|JOIN|UPDATE|INTO)\\s+"?(?:${tenant.join('|')})\\b`);
    const about = [...statements].filter(
      (text) => isAboutRows.test(text) && !/SELECT \*|title FROM|'renamed'/.test(text),
    );
    expect(about.length).toBeGreaterThan(60);
    expect(about.filter((text) => !text.includes('workspace_id'))).toEqual([]);
  });
});
