import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createDatabase, databaseUrl, dropDatabase } from '../postgres/databases.ts';
import { resetDatabase, schemaDigest } from '../postgres/reset-database.ts';
import { createTempFolder } from '../temp-folder.ts';
import { requestTemplate } from './template-service.ts';
import type { PostgresqlTemplate } from './template-store.ts';

/** The databases that Sheaf runs on, as tests name them. */
export type TestProvider = 'sqlite' | 'sqlite-memory' | 'postgresql';

/** A database of a test's own, without a row. */
export interface TestDatabase {
  readonly provider: TestProvider;
  /** For `connect`. `:memory:` is migrated by whoever opens it, since no two connections share one. */
  readonly url: string;
  /** Gives the database up, even with connections open; calling it again does nothing. */
  drop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's template databases are to be had. */
    sheafTemplates: string;
    /** The schema that they were migrated to; empty for the shipped one. */
    sheafSchemaFolder: string;
  }
}

interface ReusableDatabase {
  readonly url: string;
  readonly name: string;
  readonly digest: string;
}

/** PostgreSQL databases of this process that a test has left, emptied. */
const left: ReusableDatabase[] = [];

export interface CreateTestDatabaseOptions {
  /** Default true; false for a test of migrations. */
  readonly isMigrated?: boolean;
}

/** Makes a database for one test: a copy of the run's migrated template, or one that an earlier test has left. */
export async function createTestDatabase(
  provider: TestProvider,
  { isMigrated = true }: CreateTestDatabaseOptions = {},
): Promise<TestDatabase> {
  if (provider === 'sqlite-memory') return { provider, url: ':memory:', drop: async () => {} };
  const template = await requestTemplate(templatesUrl(), provider);
  if (template.provider === 'postgresql') {
    return isMigrated ? createPostgresqlDatabase(template) : createBlankDatabase(template);
  }
  const folder = await createTempFolder('sqlite');
  const path = join(folder.path, 'test.db');
  if (isMigrated) await copyFile(template.path, path);
  return { provider, url: path, drop: () => folder.remove() };
}

async function createBlankDatabase({ serverUrl, prefix }: PostgresqlTemplate): Promise<TestDatabase> {
  const name = nameOfCopy(prefix);
  await createDatabase(serverUrl, name);
  return { provider: 'postgresql', url: databaseUrl(serverUrl, name), drop: () => dropDatabase(serverUrl, name) };
}

async function createPostgresqlDatabase(template: PostgresqlTemplate): Promise<TestDatabase> {
  const database = left.pop() ?? (await copyTemplate(template));
  let dropping: Promise<void> | undefined;
  return {
    provider: 'postgresql',
    url: database.url,
    drop() {
      dropping ??= resetDatabase(database.url, database.digest).then(
        () => void left.push(database),
        () => dropDatabase(template.serverUrl, database.name),
      );
      return dropping;
    },
  };
}

async function copyTemplate({ serverUrl, database, prefix }: PostgresqlTemplate): Promise<ReusableDatabase> {
  const name = nameOfCopy(prefix);
  await createDatabase(serverUrl, name, database);
  const url = databaseUrl(serverUrl, name);
  return { url, name, digest: await schemaDigest(url) };
}

function nameOfCopy(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll('-', '')}`;
}

function templatesUrl(): string {
  const url = inject('sheafTemplates');
  if (!url) {
    throw new Error("No template databases: add '@sheaf/testkit/vitest-global-setup' to `globalSetup` of vitest.");
  }
  return url;
}
