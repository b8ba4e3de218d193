import type { Clock, PluginGraph } from '@sheaf/core';
import type { ByteStore } from '../bytes/byte-store.ts';
import type { Connection, Session } from '../connection/connection.ts';
import { dbErrors } from '../errors.ts';
import type { MigrationSource } from '../migrate/migration-history.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { type Sql, sql } from '../sql/statement.ts';
import { checkInvariant, foundBy, type InvariantReport } from './check-invariant.ts';
import { invariantsOf } from './data-invariants.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

export interface CheckIntegrity {
  /** Looks at one workspace, and not at what belongs to the deployment. */
  readonly workspace?: string;
  /** Reads every byte that is kept, and every index; default false. */
  readonly isDeep?: boolean;
  /** Examples of each fault; default 3. */
  readonly examples?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, id: string) => void;
}

/** Checks that what is stored fits together, and mends what can be mended without a loss. */
export interface Integrity {
  /** All that is checked, those of plugins included. */
  readonly invariants: readonly Invariant[];
  /** Looks at one state of the database; a run that is at work meanwhile does not disturb it, nor is it kept waiting. */
  check(options?: CheckIntegrity): Promise<readonly InvariantReport[]>;
  /**
   * Mends one invariant, as far as it can be. Gives how many rows that changed; undefined where there is no safe way.
   *
   * @throws `db.not-found` for an unknown invariant.
   */
  mend(id: string, options?: Pick<CheckIntegrity, 'workspace'>): Promise<number | undefined>;
}

export interface IntegrityOptions {
  /** A connection; or a transaction, whose own state is then looked at. */
  readonly session: Session<unknown>;
  /** For what needs a transaction of its own; absent in a transaction. */
  readonly connection?: Connection<unknown>;
  readonly bytes: ByteStore;
  readonly graph: PluginGraph;
  readonly migrations?: MigrationSource;
  readonly clock: Clock;
}

export function createIntegrity(options: IntegrityOptions): Integrity {
  const { session, connection, bytes, graph, migrations = {}, clock } = options;
  const invariants = invariantsOf(graph);
  const contextOf = (db: SqlExecutor, workspaceId: number | undefined, isDeep: boolean): InvariantContext => ({
    sql: db,
    current: session.sql,
    connection,
    inWorkspace: (column) => inWorkspace(column, workspaceId),
    graph,
    bytes,
    migrations,
    isDeep,
  });
  return {
    invariants,
    async check({ workspace, isDeep = false, examples = 3, signal, onProgress } = {}) {
      const wanted = invariants.filter(({ scope }) => workspace === undefined || scope !== 'deployment');
      const workspaceId = await workspaceIdOf(session.sql, workspace);
      return session.snapshot(async (db) => {
        const context = contextOf(db, workspaceId, isDeep);
        const reports: InvariantReport[] = [];
        let missing: string | undefined;
        for (const invariant of wanted) {
          signal?.throwIfAborted();
          onProgress?.(reports.length, wanted.length, invariant.id);
          const report: InvariantReport =
            missing === undefined
              ? await checkInvariant(invariant, { context, workspaceId, examples })
              : { invariant, count: 0, examples: [], unchecked: `${missing} does not hold` };
          reports.push(report);
          if (invariant.isFoundation && report.count > 0) missing = invariant.id;
        }
        return reports;
      });
    },
    async mend(id, { workspace } = {}) {
      const invariant = invariants.find((one) => one.id === id);
      if (!invariant) throw dbErrors.create('not-found', { what: 'invariant', id });
      if (!invariant.mend) return undefined;
      const workspaceId = await workspaceIdOf(session.sql, workspace);
      const findings = await invariant.find(contextOf(session.sql, workspaceId, false));
      const found = foundBy('strings' in findings ? findings : NOTHING, workspaceId);
      return invariant.mend.apply({ session, connection, found, now: clock.now(), migrations });
    },
  };
}

/** For what is found by code: its mending looks for itself. */
const NOTHING: Sql = sql`SELECT NULL AS subject WHERE false`;

function inWorkspace(column: Sql, workspaceId: number | undefined): Sql {
  return workspaceId === undefined ? sql`true` : sql`${column} = ${workspaceId}`;
}

/** @throws `db.unknown-workspace`. */
async function workspaceIdOf(db: SqlExecutor, slug: string | undefined): Promise<number | undefined> {
  if (slug === undefined) return undefined;
  const row = await db.maybeOne<{ readonly id: number }>(sql`SELECT id FROM workspaces WHERE slug = ${slug}`);
  if (!row) throw dbErrors.create('unknown-workspace', { slug });
  return row.id;
}
