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
