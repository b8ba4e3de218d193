import type { Clock, WorkspaceIdentity } from '@sheaf/core';
import type { ByteStore } from '../../bytes/byte-store.ts';
import type { Session } from '../../connection/connection.ts';
import { deleteRows } from '../../deletion/delete-rows.ts';
import { createDeletionTally } from '../../deletion/deletion.ts';
import { rehearse } from '../../deletion/rehearse.ts';
import { createRowCounts } from '../../deletion/row-counts.ts';
import { dbErrors } from '../../errors.ts';
import { type ChosenRows, chooseRows } from '../../moving/choose-rows.ts';
import { createRowCopier, type RowCopier } from '../../moving/copy-rows.ts';
import type { DocumentMove } from '../../moving/document-move.ts';
import { readMoveCatalog } from '../../moving/move-catalog.ts';
import { type MovePlan, planMove } from '../../moving/plan-move.ts';
import type { SqlExecutor } from '../../sql/executor.ts';
import { type Sql, sql } from '../../sql/statement.ts';
import { documentsNamed, withMerged } from '../documents/named-documents.ts';
import { countItems } from '../runs/count-items.ts';
import { createFileCopier } from './copy-files.ts';
import { lockMove } from './lock-move.ts';
import { recordMove } from './record-move.ts';
import { refuseMove } from './refuse-move.ts';

export interface MoveDocumentsOptions {
  /** The slug of the workspace that the documents are in. */
  readonly from: string;
  /** The slug of the workspace that they go to. */
  readonly to: string;
  /** Ids, or any of the documents' URIs. */
  readonly documents: readonly string[];
  /** Who acts, for the record that both workspaces keep of the move. */
  readonly actor?: string | undefined;
  /** Does everything and takes it back: the result says what would be moved. Default false. */
  readonly isDryRun?: boolean | undefined;
}

export interface MoveDocumentsContext {
  /** Sees all workspaces. */
  readonly session: Pick<Session<unknown>, 'sql' | 'transaction'>;
  readonly bytes: ByteStore;
  readonly clock: Clock;
}

/** What is to be moved. */
export interface Move {
  readonly db: SqlExecutor;
  readonly from: WorkspaceIdentity;
  readonly to: WorkspaceIdentity;
  readonly plan: MovePlan;
  /** Documents, without those that were merged into them. */
  readonly documents: number;
  readonly chunks: readonly MoveChunk[];
}

/** Some of the documents, with those that were merged into them. */
export interface MoveChunk {
  readonly documentIds: readonly string[];
  readonly rows: ChosenRows;
}

/** Documents to a statement: what is bound to one is held in memory as a whole, several times over. */
const CHUNK = 1_000;

/** @throws `db.unknown-workspace`, `db.same-workspace`, `db.not-found`, `db.uris-taken`, `db.work-open`. */
export async function moveDocuments(
  { session, bytes, clock }: MoveDocumentsContext,
  options: MoveDocumentsOptions,
): Promise<DocumentMove> {
  const { actor, isDryRun } = options;
  if (options.from === options.to) throw dbErrors.create('same-workspace', { slug: options.to });
  const copyFiles = createFileCopier(bytes);
  if (isDryRun !== true) {
    // Nobody else waits for these files; what comes meanwhile is copied in the transaction.
    const likely = await findMove(session.sql, options);
    await refuseMove(likely);
    await copyFiles(likely);
  }
  return rehearse(session, { isDryRun }, async ({ sql: db }) => {
    const startedAt = clock.now();
    await lockMove(db, await findWorkspaces(db, options), options.documents);
    const move = await findMove(db, options, db.dialect.lockForDeletion('d'));
    await refuseMove(move);
    if (isDryRun !== true) await copyFiles(move);
    const done = await moveRows(move);
    if (done.documents > 0) await recordMove(move, { done, actor, startedAt, endedAt: clock.now() });
    return done;
  });
}

/** The documents that are meant, as they stand. @throws `db.unknown-workspace`, `db.not-found`. */
async function findMove(db: SqlExecutor, options: MoveDocumentsOptions, lock?: Sql): Promise<Move> {
  const { from, to } = await findWorkspaces(db, options);
  const plan = planMove(await readMoveCatalog(db));
  const scope = { sql: db, workspace: from };
  const ids = await documentsNamed(scope, options.documents);
  const chunks: MoveChunk[] = [];
  for (let start = 0; start < ids.length; start += CHUNK) {
    const documentIds = await withMerged(scope, ids.slice(start, start + CHUNK), lock);
    chunks.push({ documentIds, rows: chooseRows({ plan, dialect: db.dialect, workspaceId: from.id, documentIds }) });
  }
  return { db, from, to, plan, documents: ids.length, chunks };
}

/**
 * Locked in one order, so that moves in opposite directions wait for each other; who may not change workspaces may not
 * lock them either.
 *
 * @throws `db.unknown-workspace`, `db.not-permitted`.
 */
async function findWorkspaces(
  db: SqlExecutor,
  { from, to }: Pick<MoveDocumentsOptions, 'from' | 'to'>,
): Promise<Pick<Move, 'from' | 'to'>> {
  const rows = await db.all<WorkspaceIdentity>(sql`
    SELECT w.id, w.slug FROM workspaces w WHERE ${db.dialect.isIn(sql`w.slug`, [from, to])}
    ORDER BY w.id ${db.dialect.lockRows('w')}`);
  const find = (slug: string): WorkspaceIdentity => {
    const found = rows.find((row) => row.slug === slug);
    if (!found) throw dbErrors.create('unknown-workspace', { slug });
    return found;
  };
  return { from: find(from), to: find(to) };
}

/** What both workspaces need and what moves, in the order of their keys; then what has moved leaves its old place. */
async function moveRows({ db, from, to, plan, documents, chunks }: Move): Promise<DocumentMove> {
  const copier = createRowCopier(db, { plan, fromId: from.id, toId: to.id });
  const [moved, copied] = [createRowCounts(), createRowCounts()];
  for (const table of plan.tables) {
    for (const { rows } of chunks) await copier.lock(table, rows);
    for (const { rows } of chunks) {
      if (table.kind === 'moved') moved.add(table.name, await copier.copyMoved(table, rows));
      else copied.add(table.name, await copier.copyMissing(table, rows.needed(table)));
    }
  }
  for (const { rows } of chunks) copied.add('lifecycle_events', await copyEventsOfRuns({ from, plan }, copier, rows));
  for (const table of plan.tables) await copier.tie(table);
  const left = createDeletionTally();
  for (const { documentIds } of chunks) {
    await countItems(db, { workspaceId: to.id, documentIds, change: 'come' });
    left.changed('runs', await countItems(db, { workspaceId: from.id, documentIds, change: 'leave' }));
    await deleteRows(db, { keys: plan.keys, table: 'documents', workspaceId: from.id, ids: documentIds, tally: left });
  }
  const { deleted, changed } = left.result();
  const arrived = moved.result();
  const dropped = Object.entries(deleted).flatMap(([table, rows]): [string, number][] => {
    const lost = rows - (arrived[table] ?? 0);
    return lost > 0 ? [[table, lost]] : [];
  });
  return { documents, moved: arrived, copied: copied.result(), dropped: Object.fromEntries(dropped), changed };
}

/** A run that was copied began and ended as its original did. */
function copyEventsOfRuns(
  { from, plan }: Pick<Move, 'from' | 'plan'>,
  copier: RowCopier,
  rows: ChosenRows,
): Promise<number> {
  const runs = rows.select('runs', ['id'], rows.needed(plan.table('runs')));
  return copier.copyMissing(
    plan.table('lifecycle_events'),
    sql`workspace_id = ${from.id} AND item_id IS NULL AND step_id IS NULL AND run_id IN (${runs})`,
  );
}
