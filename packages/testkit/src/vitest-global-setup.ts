import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { serveTemplates } from './databases/template-service.ts';
import { createTemplateStore } from './databases/template-store.ts';

const run = promisify(execFile);

/**
 * For vitest's `globalSetup`: one PostgreSQL server and one migrated template per provider for the whole run, made
 * when a test first asks. The schema is the shipped one, or that of the folder in `SHEAF_SCHEMA_FOLDER`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = process.env.SHEAF_SCHEMA_FOLDER;
  const service = await serveTemplates(createTemplateStore({ migrate: (url) => migrate(url, folder) }));
  project.provide('sheafTemplates', service.url);
  return () => service.close();
}

/** In a process of its own, since vitest resolves packages for its own process as it does not for tests. */
async function migrate(url: string, folder: string | undefined): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = new URL(`./databases/migrate-template.${extension}`, import.meta.url);
  const args = ['--conditions=@sheaf/source', fileURLToPath(program), url];
  await run(process.execPath, folder === undefined ? args : [...args, folder]);
}
