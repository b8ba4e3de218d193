import { contentHash } from '@sheaf/core';
import { rawSql } from '@sheaf/db';
import { createSheaf } from 'sheaf';

/** What a database holds of value, by its meaning: no ids, no times. Equal before and after where nothing was lost. */
export interface Stored {
  readonly documents: readonly unknown[];
  readonly versions: readonly unknown[];
  readonly contents: readonly unknown[];
  readonly fetched: readonly unknown[];
}

const QUERIES: Readonly<Record<keyof Stored, string>> = {
  documents: 'SELECT uri, title, version, bytes_hash, text_hash FROM documents ORDER BY uri_hash',
  versions: `SELECT d.uri, v.version, v.action, v.bytes_hash, v.text_hash FROM document_versions v
    JOIN documents d ON d.workspace_id = v.workspace_id AND d.id = v.document_id ORDER BY d.uri_hash, v.version`,
  contents: 'SELECT hash, size FROM contents ORDER BY hash',
  fetched: `SELECT d.uri, s.status, s.error_code FROM document_stages s
    JOIN documents d ON d.workspace_id = s.workspace_id AND d.id = s.document_id
    WHERE s.stage = 'fetch' ORDER BY d.uri_hash`,
};

/** Reads what is stored, and reads the bytes of all of it. @throws where bytes are missing or damaged. */
export async function readStored(url: string): Promise<Stored> {
  const sheaf = await createSheaf({ url });
  try {
    const { contents } = sheaf.workspace('default').data;
    const stored: Record<string, readonly unknown[]> = {};
    for (const [name, text] of Object.entries(QUERIES)) stored[name] = await sheaf.connection.sql.all(rawSql(text));
    for (const { hash } of stored.contents as readonly { hash: string }[]) {
      if (contentHash(await contents.read(hash)) !== hash) throw new Error(`The bytes of ${hash} are others.`);
    }
    return stored as unknown as Stored;
  } finally {
    await sheaf.close();
  }
}

/** Each counts rows that contradict others. */
const CONTRADICTIONS: Readonly<Record<string, string>> = {
  'versions without their content': `SELECT count(*) AS n FROM document_versions v WHERE v.text_hash IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.workspace_id = v.workspace_id AND c.hash = v.text_hash)`,
  'fetched documents without a result': `SELECT count(*) AS n FROM document_stages s
    WHERE s.stage = 'fetch' AND s.status IN ('completed', 'failed', 'skipped') AND NOT EXISTS
    (SELECT 1 FROM fetch_results r WHERE r.workspace_id = s.workspace_id AND r.document_id = s.document_id AND r.run_id = s.run_id AND r.status = s.status)`,
  'documents behind their newest version': `SELECT count(*) AS n FROM documents d WHERE d.version <>
    (SELECT coalesce(max(v.version), 0) FROM document_versions v WHERE v.workspace_id = d.workspace_id AND v.document_id = d.id)`,
};

/** What is wrong with a database; empty where it is sound. The one place to ask, whatever the test. */
export async function diagnose(url: string): Promise<readonly string[]> {
  const sheaf = await createSheaf({ url, migrate: 'check' });
  try {
    const { sql, provider } = sheaf.connection;
    const found: string[] = [];
    for (const [problem, text] of Object.entries(CONTRADICTIONS)) {
      const { n } = await sql.one<{ n: number }>(rawSql(text));
      if (Number(n) > 0) found.push(`${n} ${problem}`);
    }
    if (provider === 'sqlite') {
      const rows = await sql.all<{ integrity_check: string }>(rawSql('PRAGMA integrity_check'));
      found.push(...rows.map((row) => row.integrity_check).filter((text) => text !== 'ok'));
    }
    return found;
  } finally {
    await sheaf.close();
  }
}
