import { toDatabaseTime } from '@sheaf/db';
import type Database from 'better-sqlite3';
import { openBetterSqlite3 } from '../../harness/open-better-sqlite3.ts';
import { NOW, toDocument } from '../mapped-url.ts';
import type { OpenRegistrar } from '../registrar.ts';

const DOCUMENTS = 'documents (workspace_id, id, uri, uri_hash, uri_key, domain, title, first_seen_at, last_seen_at)';
const URIS = 'document_uris (workspace_id, uri_hash, uri, document_id, kind, created_at)';
const SOURCES =
  'document_sources (workspace_id, document_id, source_id, method, found_at, run_id, first_seen_at, last_seen_at)';
const RESULTS =
  'map_results (workspace_id, document_id, run_id, status, method, found_at, title, modified_at, is_new, created_at)';
const STAGES = 'document_stages (workspace_id, document_id, stage, status, run_id, updated_at)';

/** Multi-row statements prepared once, and nothing else: it takes for granted that every URL is new. */
export const openHandSqlite: OpenRegistrar = async ({ url, workspaceId, sourceId, runId }) => {
  const database = openBetterSqlite3(url);
  const insert = createInserter(database);
  const now = toDatabaseTime(NOW);
  const write = database.transaction((found: readonly ReturnType<typeof toDocument>[]) => {
    insert(
      DOCUMENTS,
      found.map(({ id, uri, uriHash, uriKey, domain, title }) => {
        return [workspaceId, id, uri, uriHash, uriKey, domain, title, now, now];
      }),
    );
    insert(
      URIS,
      found.map(({ id, uri, uriHash }) => [workspaceId, uriHash, uri, id, 'canonical', now]),
    );
    insert(
      SOURCES,
      found.map(({ id, foundAt }) => [workspaceId, id, sourceId, 'sitemap', foundAt, runId, now, now]),
    );
    insert(
      RESULTS,
      found.map(({ id, foundAt, title, modifiedAt }) => {
        return [workspaceId, id, runId, 'completed', 'sitemap', foundAt, title, toDatabaseTime(modifiedAt), 1, now];
      }),
    );
    insert(
      STAGES,
      found.flatMap(({ id }) => [
        [workspaceId, id, 'map', 'completed', runId, now],
        [workspaceId, id, 'fetch', 'pending', null, now],
      ]),
    );
  });
  return {
    register: async (batch) => write.immediate(batch.map(toDocument)),
    close: async () => void database.close(),
  };
};

type Insert = (target: string, rows: readonly (readonly unknown[])[]) => void;

/** Keeps one statement for each table and number of rows. */
function createInserter(database: Database.Database): Insert {
  const statements = new Map<string, Database.Statement>();
  return (target, rows) => {
    const [first = []] = rows;
    const key = `${rows.length} ${target}`;
    let statement = statements.get(key);
    if (!statement) {
      const row = `(${first.map(() => '?').join(', ')})`;
      statement = database.prepare(`INSERT INTO ${target} VALUES ${rows.map(() => row).join(', ')}`);
      statements.set(key, statement);
    }
    statement.run(rows.flat());
  };
}
