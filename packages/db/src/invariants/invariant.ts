import type { InvariantDeclaration, PluginGraph } from '@sheaf/core';
import type { ByteStore } from '../bytes/byte-store.ts';
import type { Connection, Session } from '../connection/connection.ts';
import type { MigrationSource } from '../migrate/migration-history.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import type { Sql } from '../sql/statement.ts';

/** A place where an invariant does not hold. */
export interface Violation {
  /** Null for what belongs to the whole deployment. */
  readonly workspaceId: number | null;
  /** The id, hash or name of what is wrong. */
  readonly subject: string;
  readonly detail: string | null;
}

/** Why an invariant could not be looked at. */
export interface Unchecked {
  readonly unchecked: string;
}

/**
 * A SELECT of what violates an invariant, with the columns `workspace_id` (not for the deployment), `subject` and
 * `detail`, and what mending needs besides; or a search in code, for what SQL cannot say.
 */
export type Findings = Sql | AsyncIterable<Violation> | Unchecked;

export interface InvariantContext {
  /** One state of the database, for reading. */
  readonly sql: SqlExecutor;
  /** The database as it is by now: what code finds outside the database is confirmed there. */
  readonly current: SqlExecutor;
  /** Undefined inside a transaction. */
  readonly connection: Connection<unknown> | undefined;
  /** A condition on a column of workspace ids, for searches in code: the workspace that is looked at, or any. */
  readonly inWorkspace: (column: Sql) => Sql;
  readonly graph: PluginGraph;
  readonly bytes: ByteStore;
  /** Where the migrations come from that the database should have. */
  readonly migrations: MigrationSource;
  /** Whether time does not matter: then every byte is read. */
  readonly isDeep: boolean;
}

export interface MendContext {
  /** The connection or transaction to work in. */
  readonly session: Pick<Session<unknown>, 'sql' | 'transaction'>;
  /** For migrations, which have a transaction of their own; undefined inside a transaction. */
  readonly connection: Connection<unknown> | undefined;
  /** The rows that `find` selects, as a sub-select; of the workspace that is looked at. */
  readonly found: Sql;
  readonly now: Date;
  readonly migrations: MigrationSource;
}

export interface Mending {
  /** What is done, in words: "counts the items again". */
  readonly summary: string;
  /** Gives how many rows it changed. It loses nothing that the database or the files hold. */
  readonly apply: (context: MendContext) => Promise<number>;
}

/** Something that must hold of the stored data: what `sheaf doctor` checks. */
export interface Invariant extends InvariantDeclaration {
  /** Default `workspace`: each violation belongs to one. */
  readonly scope?: 'workspace' | 'deployment';
  /** Default `error`. A `notice` is worth knowing, but nothing is wrong. */
  readonly severity?: 'error' | 'notice';
  /** Where it does not hold, what comes after it is not looked at. Default false. */
  readonly isFoundation?: boolean;
  readonly find: (context: InvariantContext) => Findings | Promise<Findings>;
  /** What a person can do. */
  readonly advice: string;
  /** Only where it is safe. */
  readonly mend?: Mending;
}

/** Mends by statements of one transaction. */
export function mendBy(summary: string, statements: (context: MendContext) => readonly Sql[]): Mending {
  return {
    summary,
    apply: (context) =>
      context.session.transaction(async ({ sql: db }) => {
        let changed = 0;
        for (const statement of statements(context)) changed += await db.execute(statement);
        return changed;
      }),
  };
}
