import { type Clock, cleanText, isSheafError, type WorkspaceIdentity } from '@sheaf/core';
import type { ByteStore, PrunedFiles } from '../bytes/byte-store.ts';
import { createDatabaseByteStore } from '../bytes/database-byte-store.ts';
import type { Session } from '../connection/connection.ts';
import type { DeleteOptions, Deletion } from '../deletion/deletion.ts';
import { dbErrors } from '../errors.ts';
import type { DocumentMove } from '../moving/document-move.ts';
import type { SqlExecutor } from '../sql/executor.ts';
import { rawSql, sql } from '../sql/statement.ts';
import type { PruneOptions } from './content-repository.ts';
import { readDate } from './stored-value.ts';
import { deleteWorkspace } from './workspaces/delete-workspace.ts';
import { type MoveDocumentsOptions, moveDocuments } from './workspaces/move-documents.ts';
import { pruneWorkspaces } from './workspaces/prune-workspaces.ts';

export interface WorkspaceRecord extends WorkspaceIdentity {
  readonly name: string;
  readonly createdAt: Date;
}

/** Workspaces belong to the deployment: this repository is not scoped. */
export interface WorkspaceRepository {
  /** @throws `db.invalid-slug`, `db.workspace-exists`. */
  create(workspace: { readonly slug: string; readonly name?: string }): Promise<WorkspaceRecord>;
  /** The workspace, made if it does not exist; two processes may do so at once. @throws `db.invalid-slug`. */
  ensure(slug: string): Promise<WorkspaceRecord>;
  find(slug: string): Promise<WorkspaceRecord | undefined>;
  list(): Promise<readonly WorkspaceRecord[]>;
  /**
   * Gives a workspace another slug, another name for people, or both. Who works in it meanwhile goes on working in it.
   *
   * @throws `db.unknown-workspace`, `db.invalid-slug`, `db.workspace-exists`.
   */
  rename(slug: string, to: { readonly slug?: string; readonly name?: string }): Promise<WorkspaceRecord>;
  /**
   * Deletes a workspace with everything in it, also `default`, which is made anew, empty, when it is next used. What
   * other processes are at in it fails. Files of its bytes are left to pruning. One transaction.
   *
   * @throws `db.unknown-workspace`.
   */
  delete(slug: string, options?: DeleteOptions): Promise<Deletion>;
  /**
   * Moves documents to another workspace, with those that were merged into them and all that belongs to them: URIs,
   * findings, versions, stages, results, items and steps of runs, what was made of their contents, rows of plugins. What
   * others need too, as runs, sources and contents, is copied where the other workspace lacks it. Both keep a run as the
   * record. One transaction: all of it happens, or nothing.
   *
   * @throws `db.unknown-workspace`, `db.same-workspace`; `db.not-found` for what leads to no document; `db.uris-taken`
   *   where the other workspace has one of the URIs; `db.work-open` while a run is open that the documents have a part in;
   *   `db.content-missing`, `db.content-corrupt` for damaged files. Nothing is moved then.
   */
  moveDocuments(options: MoveDocumentsOptions): Promise<DocumentMove>;
  /** Removes the files that deleted workspaces have left behind, and nothing of those that exist. */
  prune(options?: PruneOptions): Promise<PrunedFiles>;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_NAME_LENGTH = 200;

export interface WorkspaceRepositoryOptions {
  /** Finds workspaces. */
  readonly reader: SqlExecutor;
  /** Makes, changes and deletes them. */
  readonly session: Pick<Session<unknown>, 'sql' | 'transaction' | 'flush'>;
  /** Where the bytes of workspaces are kept; default: in the database. */
  readonly bytes?: ByteStore | undefined;
  /** Told of each slug that leads to its workspace no longer, since that was deleted or renamed. */
  readonly onGone?: ((slug: string) => void) | undefined;
  readonly clock: Clock;
}

interface WorkspaceRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly created_at: unknown;
}

const COLUMNS = rawSql('id, slug, name, created_at');

export function createWorkspaceRepository({
  reader,
  session,
  clock,
  bytes = createDatabaseByteStore(),
  onGone,
}: WorkspaceRepositoryOptions): WorkspaceRepository {
  const { sql: db } = session;
  /** Undefined where the workspace exists already. */
  const insert = async (slug: string, name: string): Promise<WorkspaceRecord | undefined> => {
    if (!SLUG.test(slug)) throw dbErrors.create('invalid-slug', { slug });
    const row = await db.maybeOne<WorkspaceRow>(sql`
      INSERT INTO workspaces (slug, name, created_at)
      VALUES (${slug}, ${cleanText(name, MAX_NAME_LENGTH)}, ${clock.now()})
      ON CONFLICT (slug) DO NOTHING RETURNING ${COLUMNS}`);
    return row && toWorkspace(row);
  };
  const find = async (slug: string): Promise<WorkspaceRecord | undefined> => {
    if (!SLUG.test(slug)) return undefined;
    const row = await reader.maybeOne<WorkspaceRow>(sql`SELECT ${COLUMNS} FROM workspaces WHERE slug = ${slug}`);
    return row && toWorkspace(row);
  };
  return {
    async create({ slug, name = slug }) {
      const created = await insert(slug, name);
      if (!created) throw dbErrors.create('workspace-exists', { slug });
      return created;
    },
    async ensure(slug) {
      // Looked up first: an insert that meets a conflict uses up a number on PostgreSQL.
      const workspace = (await find(slug)) ?? (await insert(slug, slug)) ?? (await find(slug));
      if (!workspace) throw dbErrors.create('unknown-workspace', { slug });
      return workspace;
    },
    find,
    async list() {
      const rows = await reader.all<WorkspaceRow>(sql`SELECT ${COLUMNS} FROM workspaces ORDER BY id`);
      return rows.map(toWorkspace);
    },
    async rename(slug, to) {
      if (to.slug !== undefined && !SLUG.test(to.slug)) throw dbErrors.create('invalid-slug', { slug: to.slug });
      const name = to.name === undefined ? sql`name` : sql`${cleanText(to.name, MAX_NAME_LENGTH)}`;
      const row = SLUG.test(slug)
        ? await db
            .maybeOne<WorkspaceRow>(sql`
              UPDATE workspaces SET slug = ${to.slug ?? slug}, name = ${name} WHERE slug = ${slug} RETURNING ${COLUMNS}`)
            .catch((error: unknown) => {
              if (!isSheafError(error, 'db.unique-violation')) throw error;
              throw dbErrors.create('workspace-exists', { slug: to.slug ?? slug }, { cause: error });
            })
        : undefined;
      if (!row) throw dbErrors.create('unknown-workspace', { slug });
      if (row.slug !== slug) onGone?.(slug);
      return toWorkspace(row);
    },
    async delete(slug, options = {}) {
      if (!SLUG.test(slug)) throw dbErrors.create('unknown-workspace', { slug });
      const deletion = await deleteWorkspace(session, slug, options);
      if (options.isDryRun !== true) onGone?.(slug);
      return deletion;
    },
    async moveDocuments(options) {
      const unknown = [options.from, options.to].find((slug) => !SLUG.test(slug));
      if (unknown !== undefined) throw dbErrors.create('unknown-workspace', { slug: unknown });
      return moveDocuments({ session, bytes, clock }, options);
    },
    prune: (options = {}) => pruneWorkspaces({ sql: reader, flush: session.flush }, bytes, options),
  };
}

function toWorkspace({ id, slug, name, created_at }: WorkspaceRow): WorkspaceRecord {
  return { id, slug, name, createdAt: readDate(created_at) };
}
