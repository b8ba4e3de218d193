import { dirname, join } from 'node:path';
import { clients } from '@sheaf/client';
import { systemClock } from '@sheaf/core';
import {
  connect,
  createDatabaseByteStore,
  createDataRepositories,
  createFileByteStore,
  createScope,
  type Session,
  sql,
} from '@sheaf/db';
import { checkDatabase, type DatabaseDump, dumpDatabase } from '@sheaf/testkit';

/** A store as it stands, with nobody at work on it. */
export interface StoreState {
  readonly dump: DatabaseDump;
  /** What is wrong with it; empty is sound. */
  readonly problems: readonly string[];
}

export async function observeStore(url: string): Promise<StoreState> {
  const connection = await connect({ url, clients });
  try {
    const problems = [
      ...(await checkDatabase(connection)),
      ...(await checkContents(connection)),
      ...(await diagnose(connection)),
    ];
    return { dump: await dumpDatabase(connection), problems };
  } finally {
    await connection.close();
  }
}

/** Whether each content has its bytes, and they have its hash. */
async function checkContents(connection: Awaited<ReturnType<typeof connect>>): Promise<readonly string[]> {
  const rows = await connection.sql.all<{ workspace_id: number; slug: string; hash: string }>(
    sql`SELECT c.workspace_id, w.slug, c.hash FROM contents c JOIN workspaces w ON w.id = c.workspace_id`,
  );
  const bytes =
    connection.folder === undefined
      ? createDatabaseByteStore()
      : createFileByteStore({ folder: join(dirname(connection.label), 'bytes') });
  const problems: string[] = [];
  for (const { workspace_id: id, slug, hash } of rows) {
    const scope = createScope<unknown>({
      session: connection as Session<unknown>,
      workspace: { id, slug },
      registry: { stages: [], facets: [] },
      bytes: bytes.forWorkspace(id),
      clock: systemClock,
    });
    await createDataRepositories(scope)
      .contents.read(hash)
      .catch((error: unknown) => problems.push(String(error)));
  }
  return problems;
}

/** MARK: to call `sheaf doctor`. Until then: a settled stage has the result of its run, with the same status and error. */
async function diagnose({ sql: db }: Pick<Session<unknown>, 'sql'>): Promise<readonly string[]> {
  const rows = await db.all<{ readonly uri: string; readonly stage: string }>(sql`
    SELECT d.uri, s.stage FROM document_stages s
    JOIN documents d ON d.workspace_id = s.workspace_id AND d.id = s.document_id
    LEFT JOIN (
      SELECT 'map' AS stage, workspace_id, document_id, run_id, status, NULL AS error_code FROM map_results
      UNION ALL
      SELECT 'fetch', workspace_id, document_id, run_id, status, error_code FROM fetch_results
    ) r ON r.stage = s.stage AND r.workspace_id = s.workspace_id AND r.document_id = s.document_id
      AND r.run_id = s.run_id
    WHERE s.status IN ('completed', 'failed', 'skipped')
      AND (r.status IS NULL OR r.status <> s.status OR coalesce(r.error_code, '') <> coalesce(s.error_code, ''))`);
  return rows.map(({ uri, stage }) => `stage ${stage} and result of ${uri} disagree`);
}
