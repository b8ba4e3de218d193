import type { SheafClient } from '@sheaf/client';
import { type Connection, createDataRepositories, rawSql } from '@sheaf/db';
import { seedDocuments } from '@sheaf/testkit';
import { openScope } from '../harness/open-scope.ts';

/** What the cases of `list` ask for. */
export interface SeededWorkspace {
  readonly workspaceId: number;
  readonly count: number;
}

/** Fills the workspace `default`. */
export async function prepareList(connection: Connection<SheafClient>, count: number): Promise<SeededWorkspace> {
  const scope = await openScope(connection);
  const { sources, runs } = createDataRepositories(scope);
  const { id: sourceId } = await sources.ensure({ kind: 'site', uri: 'https://docs-0.example.com/' });
  const open = async (tool: string): Promise<string> => {
    const run = { tool, input: {}, inputDigest: tool, workerId: 'bench', leaseMs: 60_000, resume: false };
    return (await runs.open(run)).id;
  };
  const [mapRunId, fetchRunId] = [await open('map.run'), await open('fetch.run')];
  await seedDocuments(scope, { count, mapRunId, fetchRunId, sourceId });
  // What autovacuum does on a server of one's own; SQLite keeps to what the migrations say of a large workspace.
  if (connection.provider === 'postgresql') await connection.sql.execute(rawSql('VACUUM ANALYZE'));
  return { workspaceId: scope.workspace.id, count };
}
