import { cleanText, createId, digestOf } from '@sheaf/core';
import type { DocumentMove } from '../../moving/document-move.ts';
import { json, sql } from '../../sql/statement.ts';
import { addLifecycleEvents } from '../runs/lifecycle-events.ts';
import type { Move } from './move-documents.ts';

export interface RecordMoveOptions {
  readonly done: DocumentMove;
  readonly actor: string | undefined;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** What the runs of moves are called. */
const TOOL = 'data.moveDocuments';

/** Both workspaces keep who moved what when, as a run that has ended. */
export async function recordMove(
  { db, from, to }: Move,
  { done, actor, startedAt, endedAt }: RecordMoveOptions,
): Promise<void> {
  const input = { from: from.slug, to: to.slug };
  for (const workspace of [from, to]) {
    const id = createId();
    await db.execute(sql`
      INSERT INTO runs (workspace_id, id, tool, kind, input, input_digest, actor, status, output, created_at, started_at,
        ended_at)
      VALUES (${workspace.id}, ${id}, ${TOOL}, 'tool', ${json(input)}, ${digestOf(input)},
        ${actor === undefined ? null : cleanText(actor)}, 'completed', ${json(done)}, ${startedAt}, ${startedAt},
        ${endedAt})`);
    const ofRun = { workspaceId: workspace.id, runId: id, handler: TOOL, startedAt };
    await addLifecycleEvents(db, [
      { ...ofRun, event: 'group_start', status: 'running' },
      { ...ofRun, event: 'group_end', status: 'completed', endedAt },
    ]);
  }
}
