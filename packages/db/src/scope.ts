import type { Clock, PluginGraph, ScopeBase } from '@sheaf/core';
import type { WorkspaceBytes } from './bytes/byte-store.ts';
import type { Connection, Session } from './connection/connection.ts';
import type { TransactionOptions } from './connection/transaction-options.ts';
import type { SqlExecutor } from './sql/executor.ts';

/** What the plugins of this Sheaf declare, as far as the data layer needs it. */
export type DataRegistry = Pick<PluginGraph, 'stages' | 'facets'>;

/**
 * What repositories are built from: one workspace, on a connection or in a transaction. Every statement of a
 * repository names `workspace.id`; nothing else gives access to a tenant's rows.
 */
export interface DataScope<Client = unknown> extends ScopeBase {
  readonly sql: SqlExecutor;
  /** The Prisma client of the same connection or transaction; a plugin states the delegates that it uses. */
  readonly client: Client;
  /** Runs `work` in a transaction, nested where the scope is in one already. */
  readonly transaction: <T>(work: (scope: DataScope<Client>) => Promise<T>, options?: TransactionOptions) => Promise<T>;
  /** Waits until no power cut can take back what has been committed; throws inside a transaction. */
  readonly flush: () => Promise<void>;
  readonly registry: DataRegistry;
  readonly bytes: WorkspaceBytes;
  readonly clock: Clock;
}

type ScopeParts<Client> = Pick<DataScope<Client>, 'workspace' | 'registry' | 'bytes' | 'clock'>;

export type CreateScopeOptions<Client> = ScopeParts<Client> & {
  readonly session: Pick<Connection<Client>, 'forWorkspace'>;
};

export function createScope<Client>({ session, ...parts }: CreateScopeOptions<Client>): DataScope<Client> {
  return scopeOn(session.forWorkspace(parts.workspace.id), parts);
}

function scopeOn<Client>(session: Session<Client>, parts: ScopeParts<Client>): DataScope<Client> {
  return {
    ...parts,
    sql: session.sql,
    // Made when it is first used.
    get client() {
      return session.client;
    },
    flush: () => session.flush(),
    transaction: (work, options) => session.transaction((inner) => work(scopeOn(inner, parts)), options),
  };
}
