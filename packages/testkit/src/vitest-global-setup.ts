import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { AnyPlugin } from '@sheaf/core';
import type { TestProject } from 'vitest/node';
import { serveTemplates } from './databases/template-service.ts';
import { createTemplateStore } from './databases/template-store.ts';
import { openRunFolder } from './run-folder.ts';
import { createTempFolder } from './temp-folder.ts';

const run = promisify(execFile);

export interface GlobalSetupOptions {
  /** Plugins under test: their tables are in every test database, as in an app that has migrated. */
  readonly plugins?: readonly AnyPlugin[];
}

/** A `setup` for vitest's `globalSetup`; gives what undoes it. */
export type GlobalSetup = (project: TestProject) => Promise<() => Promise<void>>;

/**
 * Makes a `setup` for vitest's `globalSetup`: one PostgreSQL server and one migrated template per provider for the whole
 * run, made when a test first asks. The schema is the shipped one, or that of the folder in `SHEAF_SCHEMA_FOLDER`; with
 * `plugins`, the shipped one and theirs. The run also has a folder of its own for temporary files, which goes with it.
 *
 * @example
 * // test/global-setup.ts
 * export const setup = createGlobalSetup({ plugins: [notesPlugin()] });
 */
export function createGlobalSetup({ plugins = [] }: GlobalSetupOptions = {}): GlobalSetup {
  return async (project) => {
    const runFolder = await openRunFolder();
    const own = plugins.some(({ schema }) => schema) ? await createTempFolder('schema') : undefined;
    if (own) {
      // Only where it is needed: here, the packages that it imports resolve to what has been built.
      const { writePluginSchema } = await import('./databases/plugin-schema.ts');
      await writePluginSchema(own.path, plugins);
    }
    const folder = own?.path ?? process.env.SHEAF_SCHEMA_FOLDER;
    const args = folder === undefined ? [] : [folder, ...(own ? ['plugins'] : [])];
    const service = await serveTemplates(createTemplateStore({ migrate: (url) => migrate(url, args) }));
    project.provide('sheafTemplates', service.url);
    project.provide('sheafSchemaFolder', folder ?? '');
    return async () => {
      await service.close();
      await own?.remove();
      await runFolder.remove();
    };
  };
}

/** For vitest's `globalSetup` by itself: without plugins of one's own. */
export const setup: GlobalSetup = createGlobalSetup();

/** In a process of its own, since vitest resolves packages for its own process as it does not for tests. */
async function migrate(url: string, args: readonly string[]): Promise<void> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const program = new URL(`./databases/migrate-template.${extension}`, import.meta.url);
  await run(process.execPath, ['--conditions=@sheaf/source', fileURLToPath(program), url, ...args]);
}
