import { randomUUID } from 'node:crypto';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createDatabase, databaseUrl, dropDatabase } from '../postgres/databases.ts';
import { createTempFolder } from '../temp-folder.ts';
import { requestTemplate } from './template-service.ts';

/** The databases that Sheaf runs on, as tests name them. */
export type TestProvider = 'sqlite' | 'sqlite-memory' | 'postgresql';

/** A migrated, empty database of a test's own. */
export interface TestDatabase {
  readonly provider: TestProvider;
  /** For `connect`. `:memory:` is migrated by whoever opens it, since no two connections share one. */
  readonly url: string;
  /** Removes the database, even with connections open; calling it again does nothing. */
  drop(): Promise<void>;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Where this run's template databases are to be had. */
    sheafTemplates: string;
  }
}

/** Makes a database for one test: a copy of the run's migrated template. */
export async function createTestDatabase(provider: TestProvider): Promise<TestDatabase> {
  if (provider === 'sqlite-memory') return { provider, url: ':memory:', drop: async () => {} };
  const template = await requestTemplate(templatesUrl(), provider);
  if (template.provider === 'sqlite') {
    const folder = await createTempFolder('sqlite');
    const path = join(folder.path, 'test.db');
    await copyFile(template.path, path);
    return { provider, url: path, drop: () => folder.remove() };
  }
  const name = `sheaf_test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(template.serverUrl, name, template.database);
  return {
    provider,
    url: databaseUrl(template.serverUrl, name),
    drop: () => dropDatabase(template.serverUrl, name),
  };
}

function templatesUrl(): string {
  const url = inject('sheafTemplates');
  if (!url) {
    throw new Error("No template databases: add '@sheaf/testkit/vitest-global-setup' to `globalSetup` of vitest.");
  }
  return url;
}
