import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateTestDatabase } from './databases/migrate-test-database.ts';
import { serveTemplates } from './databases/template-service.ts';
import { createTemplateStore } from './databases/template-store.ts';

/**
 * For vitest's `globalSetup`: one PostgreSQL server and one migrated template per provider for the whole run, made
 * when a test first asks. The migrations are those of `<root>/prisma`, or of the folder in `SHEAF_MIGRATIONS`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = process.env.SHEAF_MIGRATIONS ?? join(project.config.root, 'prisma');
  const store = createTemplateStore({
    migrate: (target) => migrateTestDatabase({ ...target, migrationsFolder: folder }),
  });
  const service = await serveTemplates(store);
  project.provide('sheafTemplates', service.url);
  project.provide('sheafMigrations', folder);
  return () => service.close();
}
