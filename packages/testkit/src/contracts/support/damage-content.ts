import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataScope, sql } from '@sheaf/db';
import type { OpenedData } from '../contract-harness.ts';

/** Puts other bytes where those of a content are: in its file beside an SQLite database, else in the database. */
export async function damageContent(data: OpenedData, scope: DataScope, hash: string): Promise<void> {
  const { sql: db, workspace } = scope;
  const damaged = new TextEncoder().encode('damaged');
  if (data.provider === 'sqlite') {
    const digits = hash.slice('sha256-'.length, 'sha256-'.length + 2);
    await writeFile(join(`${data.url}-bytes`, String(workspace.id), digits, hash), damaged);
    return;
  }
  await db.execute(sql`
    UPDATE content_bytes SET bytes = ${damaged} WHERE workspace_id = ${workspace.id} AND hash = ${hash}`);
}
