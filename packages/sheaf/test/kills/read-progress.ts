import { clients } from '@sheaf/client';
import { connect, sql } from '@sheaf/db';

/** What an ingest has acknowledged, by the word of its database. */
export interface IngestProgress {
  /** Whether there is nothing left to resume. */
  readonly isDone: boolean;
  readonly isMapped: boolean;
  /** Addresses that a crawl need not visit again. */
  readonly visited: ReadonlySet<string>;
  /** Documents that have the result of a fetch. */
  readonly fetched: ReadonlySet<string>;
  /** Addresses that redirects of other documents lead to. */
  readonly redirectTargets: ReadonlySet<string>;
}

export async function readProgress(url: string): Promise<IngestProgress> {
  const { sql: db, close } = await connect({ url, clients });
  const uris = async (query: ReturnType<typeof sql>): Promise<ReadonlySet<string>> => {
    const rows = await db.all<{ readonly uri: string }>(query);
    return new Set(rows.map(({ uri }) => uri));
  };
  try {
    if (!(await db.tableExists('runs'))) return NOTHING;
    const completed = await db.all<{ tool: string }>(sql`SELECT tool FROM runs WHERE status = 'completed'`);
    const hasCompleted = (name: string): boolean => completed.some(({ tool }) => tool === name);
    return {
      isDone: hasCompleted('ingest.run'),
      isMapped: hasCompleted('map.run'),
      visited: await uris(sql`SELECT uri FROM frontier WHERE state IN ('completed', 'failed')`),
      fetched: await uris(sql`
        SELECT d.uri FROM fetch_results r
        JOIN documents d ON d.workspace_id = r.workspace_id AND d.id = r.document_id`),
      redirectTargets: await uris(sql`
        SELECT r.final_uri AS uri FROM fetch_results r
        JOIN documents d ON d.workspace_id = r.workspace_id AND d.id = r.document_id
        WHERE r.final_uri <> d.uri`),
    };
  } finally {
    await close();
  }
}

const NOTHING: IngestProgress = {
  isDone: false,
  isMapped: false,
  visited: new Set(),
  fetched: new Set(),
  redirectTargets: new Set(),
};
