import { sql } from '@sheaf/db';
import { expect } from 'vitest';
import type { FetchSheaf } from './fetch-sheaf.ts';
import type { StubSite } from './stub-site.ts';

/**
 * Documents whose stage and result say different things: a stage with a run has the result of that run, with the same
 * status and error.
 */
export function disagreements({ sheaf }: FetchSheaf): Promise<unknown[]> {
  return sheaf.connection.sql.all(sql`
    SELECT s.document_id, s.status, s.error_code, r.status AS result_status, r.error_code AS result_error
    FROM document_stages s
    LEFT JOIN fetch_results r
      ON r.workspace_id = s.workspace_id AND r.document_id = s.document_id AND r.run_id = s.run_id
    WHERE s.stage = 'fetch' AND s.status IN ('completed', 'failed', 'skipped') AND (
      r.status IS NULL OR r.status <> s.status OR coalesce(r.error_code, '') <> coalesce(s.error_code, '')
    )`);
}

/** For the end of a test: what is stored must agree with itself. */
export async function closeInAgreement(running: FetchSheaf, site: StubSite): Promise<void> {
  try {
    expect(await disagreements(running)).toEqual([]);
  } finally {
    await Promise.all([running.close(), site.close()]);
  }
}
