import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Provider } from '@sheaf/db';
import { createDatabase, databaseUrl, dropDatabases } from '../postgres/databases.ts';
import { type PostgresServer, startPostgres } from '../postgres/start-postgres.ts';
import { createTempFolder, type TempFolder } from '../temp-folder.ts';

/** A migrated, empty database that tests copy. */
export type DatabaseTemplate = SqliteTemplate | PostgresqlTemplate;

export interface SqliteTemplate {
  readonly provider: 'sqlite';
  readonly path: string;
}

export interface PostgresqlTemplate {
  readonly provider: 'postgresql';
  readonly serverUrl: string;
  readonly database: string;
  /** What the names of the copies begin with; they go when the store closes. */
  readonly prefix: string;
}

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
      const prefix = `sheaf_test_${randomBytes(4).toString('hex')}_`;
      const database = `${prefix}template`;
      await createDatabase(server.url, database);
      // A server that was named goes on running: leave nothing behind.
      if (!server.isOwned) undo.push(() => dropDatabases(server.url, prefix));
      await migrate(databaseUrl(server.url, database));
      return { provider: 'postgresql', serverUrl: server.url, database, prefix };
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
