import { systemClock } from '@sheaf/core';
import {
  applyMigrations,
  type ClientFactories,
  connect,
  createDatabaseByteStore,
  createDataRepositories,
  createDataService,
  createFileByteStore,
  createScope,
  type DataScope,
  type PrismaClientPort,
} from '@sheaf/db';
import type { OpenDataOptions, OpenedData } from './contracts/contract-harness.ts';
import { createTestDatabase, type TestProvider } from './databases/test-database.ts';

export interface OpenTestDataOptions extends OpenDataOptions {
  readonly provider: TestProvider;
  /** The app's generated clients, such as those of `@sheaf/client`. */
  readonly clients: ClientFactories;
}

/**
 * Opens the data layer on a new database of the test's own.
 *
 * @example
 * const data = await openTestData({ provider: 'sqlite', clients });
 * const { runs } = await data.repositories();
 * await data.close();
 */
export async function openTestData(options: OpenTestDataOptions): Promise<OpenedData> {
  const { provider, clients, registry = {}, clock = systemClock, onStatement } = options;
  const database = await createTestDatabase(provider);
  const connection = await connect<PrismaClientPort>({ url: database.url, clients, onStatement });
  if (provider === 'sqlite-memory') {
    await applyMigrations(connection, { folder: process.env.SHEAF_SCHEMA_FOLDER });
  }
  const bytes = connection.bytesFolder
    ? createFileByteStore({ folder: connection.bytesFolder })
    : createDatabaseByteStore();
  const service = createDataService({ session: connection, clock, bytes });
  const scopeOf = async (slug = 'default'): Promise<DataScope> => {
    const { id } = await service.workspaces.ensure(slug);
    return createScope<unknown>({
      session: connection,
      workspace: { id, slug },
      registry: { stages: [], facets: [], ...registry },
      bytes: bytes.forWorkspace(id),
      clock,
    });
  };
  let closing: Promise<void> | undefined;
  return {
    provider,
    url: database.url,
    connection,
    service,
    clock,
    scope: scopeOf,
    repositories: async (slug) => createDataRepositories(await scopeOf(slug)),
    within: createDataRepositories,
    close() {
      closing ??= connection.close().then(() => database.drop());
      return closing;
    },
  };
}
