import { clients } from '@sheaf/client';
import { systemClock, type ToolCallOptions } from '@sheaf/core';
import { createDatabaseByteStore, createFileByteStore, createScope, type DataScope } from '@sheaf/db';
import type { Sheaf, Workspace } from '@sheaf/engine';
import { createTestSheaf, type TestProvider, type TestSheaf } from '@sheaf/testkit';
import { type FirstPartyPlugins, firstPartyPlugins } from 'sheaf';
import { afterAll, beforeAll } from 'vitest';
import { type ChoresOutput, choresPlugin, type DoChore } from './chores-plugin.ts';
import { type Site, type Sites, startSites } from './sites.ts';

/** A Sheaf for the tests of a file, on one database: each test has a workspace in it. */
export interface Rooms {
  /** Of the database. */
  readonly url: string;
  /** A workspace that nothing is in yet, and a site that serves nothing yet. */
  open(): Promise<Room>;
}

export interface Room extends Pick<Workspace<FirstPartyPlugins>, 'data' | 'map' | 'fetch' | 'corpus' | 'doctor'> {
  readonly slug: string;
  readonly sheaf: Sheaf<FirstPartyPlugins>;
  /** The same workspace, for SQL and transactions. */
  readonly scope: DataScope;
  readonly site: Site;
  /** What was sent to the database since the room was opened. */
  readonly statements: readonly string[];
  /** Calls the tool of a plugin that is none of Sheaf's, which does each chore by `doChore`. */
  doChores(chores: readonly string[], doChore: DoChore, options?: ToolCallOptions): Promise<ChoresOutput>;
}

export function useRooms(provider: TestProvider): Rooms {
  const statements: string[] = [];
  let test: TestSheaf<FirstPartyPlugins>;
  let sites: Sites;
  let doChore: DoChore;
  let count = 0;
  beforeAll(async () => {
    sites = await startSites();
    const own = firstPartyPlugins({
      web: { allowPrivate: true, lookup: sites.lookup, minDelayMs: 0, maxWaitMs: 1 },
      fetch: { maxAttempts: 2, maxRetryAfterMs: 0, retry: { baseMs: 1, maxMs: 2 } },
    });
    test = (await createTestSheaf({
      provider,
      clients,
      plugins: [...own, choresPlugin((chore, signal) => doChore(chore, signal))],
      // All contents go to files where there can be any.
      sqlite: { maxContentBytes: 0 },
      onStatement: (text) => void statements.push(text),
    })) as unknown as typeof test;
  });
  afterAll(async () => {
    await test.close();
    await sites.close();
  });
  return {
    get url() {
      return test.url;
    },
    async open() {
      const { sheaf } = test;
      count += 1;
      const { id, slug } = await sheaf.workspaces.create({ slug: `room-${count}` });
      const { data, map, fetch, corpus, doctor } = sheaf.workspace(slug);
      const { bytesFolder } = sheaf.connection;
      const bytes = bytesFolder ? createFileByteStore({ folder: bytesFolder }) : createDatabaseByteStore();
      const scope = createScope<unknown>({
        session: sheaf.connection,
        workspace: { id, slug },
        registry: sheaf.graph,
        bytes: bytes.forWorkspace(id),
        clock: systemClock,
      });
      statements.length = 0;
      return {
        ...{ slug, sheaf, data, map, fetch, corpus, doctor, scope, statements },
        site: sites.open(),
        async doChores(chores, how, options = {}) {
          doChore = how;
          const call = { workspace: slug, plugin: 'chores', tool: 'do', input: { chores }, ...options };
          return (await sheaf.call(call)) as ChoresOutput;
        },
      };
    },
  };
}
