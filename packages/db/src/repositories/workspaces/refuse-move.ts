import { dbErrors } from '../../errors.ts';
import { sql } from '../../sql/statement.ts';
import { isOpen } from '../runs/run-record.ts';
import type { Move } from './move-documents.ts';

/** @throws `db.work-open`, `db.uris-taken`. */
export async function refuseMove(move: Move): Promise<void> {
  await refuseOpenWork(move);
  await refuseTakenUris(move);
}

/** A document cannot be taken away from work that goes on. */
async function refuseOpenWork({ db, from, plan, chunks }: Move): Promise<void> {
  const open = new Set<string>();
  for (const { documentIds, rows } of chunks) {
    const found = await db.all<{ readonly id: string }>(sql`
      SELECT r.id FROM runs r WHERE ${rows.needed(plan.table('runs'))} AND ended_at IS NULL
      UNION
      SELECT s.run_id FROM steps s
      WHERE s.workspace_id = ${from.id} AND ${db.dialect.isIn(sql`s.document_id`, documentIds)}
        AND ${isOpen(sql`s.status`)}`);
    for (const { id } of found) open.add(id);
  }
  const [example] = [...open].sort();
  if (example !== undefined) throw dbErrors.create('work-open', { count: open.size, example });
}

async function refuseTakenUris({ db, from, to, chunks }: Move): Promise<void> {
  let [count, example]: [number, string | null] = [0, null];
  for (const { documentIds } of chunks) {
    const taken = await db.one<{ readonly count: number; readonly example: string | null }>(sql`
      SELECT count(*) AS count, min(u.uri) AS example FROM document_uris u
      JOIN document_uris t ON t.workspace_id = ${to.id} AND t.uri_hash = u.uri_hash
      WHERE u.workspace_id = ${from.id} AND ${db.dialect.isIn(sql`u.document_id`, documentIds)}`);
    count += taken.count;
    example ??= taken.example;
  }
  if (example !== null) throw dbErrors.create('uris-taken', { slug: to.slug, count, example });
}
