import type { AnyPlugin } from '@sheaf/core';
import type { PrismaClientPort } from '@sheaf/db';
import { type CreateSheafOptions, createSheaf, type Sheaf } from '@sheaf/engine';
import { inject } from 'vitest';
import { createTestDatabase, type TestProvider } from './databases/test-database.ts';

export interface CreateTestSheafOptions<Client extends PrismaClientPort, Plugins extends readonly AnyPlugin[]>
  extends Omit<CreateSheafOptions<Client, Plugins>, 'url'> {
  readonly provider: TestProvider;
}

export interface TestSheaf<Plugins extends readonly AnyPlugin[]> {
  readonly sheaf: Sheaf<Plugins>;
  /** For a second Sheaf, or another process, on the same database. */
  readonly url: string;
  /** Closes the Sheaf and removes its database; calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * A whole Sheaf on a new database of the test's own.
 *
 * @example
 * const { sheaf, close } = await createTestSheaf({ provider: 'sqlite', clients, plugins: [mapPlugin()] });
 */
export async function createTestSheaf<Client extends PrismaClientPort, const Plugins extends readonly AnyPlugin[]>(
  options: CreateTestSheafOptions<Client, Plugins>,
): Promise<TestSheaf<Plugins>> {
  const { provider, ...rest } = options;
  const database = await createTestDatabase(provider);
  // That of the plugins under test, whose tables the database has.
  const migrationsFolder = inject('sheafSchemaFolder');
  let sheaf: Sheaf<Plugins>;
  try {
    sheaf = await createSheaf<Client, Plugins>({
      ...(migrationsFolder ? { migrationsFolder } : {}),
      ...(rest as Omit<CreateSheafOptions<Client, Plugins>, 'url'>),
      url: database.url,
    });
  } catch (error) {
    await database.drop();
    throw error;
  }
  let closing: Promise<void> | undefined;
  return {
    sheaf,
    url: database.url,
    close() {
      closing ??= sheaf.close().finally(() => database.drop());
      return closing;
    },
  };
}
