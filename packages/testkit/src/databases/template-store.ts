import { join } from 'node:path';
import type { Provider } from '@sheaf/db';
import { createDatabase, databaseUrl, dropDatabase } from '../postgres/databases.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { createTempFolder, type TempFolder } from '../temp-folder.ts';

/** A migrated, empty database that tests copy. */
export type DatabaseTemplate =
  | { readonly provider: 'sqlite'; readonly path: string }
  | { readonly provider: 'postgresql'; readonly serverUrl: string; readonly database: string };

export interface TemplateStoreOptions {
  /** Applies all migrations to the empty database behind the URL, and lets go of it. */
  readonly migrate: (url: string) => Promise<void>;
}

/** Makes each provider's template when it is first asked for, once. */
export interface TemplateStore {
  get(provider: Provider): Promise<DatabaseTemplate>;
  /** Ends the server and removes the templates. */
  close(): Promise<void>;
}

export function createTemplateStore({ migrate }: TemplateStoreOptions): TemplateStore {
  const templates = new Map<Provider, Promise<DatabaseTemplate>>();
  const undo: (() => Promise<void>)[] = [];

  const make = {
    async sqlite(): Promise<DatabaseTemplate> {
      const folder: TempFolder = await createTempFolder('template');
      undo.push(() => folder.remove());
      const path = join(folder.path, 'template.db');
      await migrate(path);
      return { provider: 'sqlite', path };
    },
    async postgresql(): Promise<DatabaseTemplate> {
      const server: PostgresServer = await startPostgres();
      undo.push(() => server.stop());
      const database = `sheaf_template_${process.pid}`;
      await dropDatabase(server.url, database);
      await createDatabase(server.url, database);
      // A server that was named goes on running: leave nothing behind.
      undo.push(() => dropDatabase(server.url, database));
      await migrate(databaseUrl(server.url, database));
      return { provider: 'postgresql', serverUrl: server.url, database };
    },
  };

  return {
    get(provider) {
      let template = templates.get(provider);
      if (!template) {
        template = make[provider]();
        templates.set(provider, template);
      }
      return template;
    },
    async close() {
      await Promise.allSettled(templates.values());
      for (const step of undo.splice(0).reverse()) await step();
    },
  };
}
