import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { sql } from '@sheaf/db';
import { checkDatabase } from '@sheaf/testkit';
import { createSheaf } from 'sheaf';
import { faultsOf } from '../support/diagnose.ts';
import { databaseOf, documentsAfter, type NumberedWrite, type Synchronous } from './numbered-write.ts';

export interface SurveyOptions {
  /** The database as the power cut left it. */
  readonly url: string;
  readonly synchronous: Synchronous;
  /** Those that had begun. */
  readonly writes: readonly NumberedWrite[];
  /** The numbers of those that were acknowledged. */
  readonly acknowledged: readonly number[];
}

/** Opens what a power cut has left, as anybody would, and says what is wrong with it; empty is right. */
export async function survey(options: SurveyOptions): Promise<readonly string[]> {
  try {
    return await look(options);
  } catch (error) {
    return [`it cannot be used: ${(error as Error).message}`];
  }
}

async function look({ url, synchronous, writes, acknowledged }: SurveyOptions): Promise<readonly string[]> {
  const problems: string[] = [];
  const sheaf = await createSheaf({ url, database: databaseOf(synchronous) });
  try {
    const { connection } = sheaf;
    problems.push(...(await checkDatabase(connection as never)));
    const numbers = await connection.sql.all<{ readonly name: string }>(sql`SELECT name FROM batches`);
    const present = numbers.map(({ name }) => Number(name)).sort((a, b) => a - b);
    if (present.some((number, index) => number !== index + 1)) problems.push(`there is a gap: ${present.join(' ')}`);
    const lost = acknowledged.filter((number) => number > present.length);
    if (synchronous !== 'NORMAL' && lost.length > 0) problems.push(`acknowledged and lost: ${lost.join(' ')}`);
    const { contents } = sheaf.workspace('default').data;
    const documents = await connection.sql.all<{ readonly uri: string; readonly bytes_hash: string }>(
      sql`SELECT uri, bytes_hash FROM documents ORDER BY uri`,
    );
    const found = documents.map(({ uri, bytes_hash }) => `${uri} ${bytes_hash}`);
    const expected = [...documentsAfter(writes, present.length)].map(([uri, hash]) => `${uri} ${hash}`).sort();
    if (found.join() !== expected.join()) problems.push(`the documents are not those after ${present.length} writes`);
    for (const { bytes_hash: hash } of documents) {
      const actual = `sha256-${createHash('sha256')
        .update(await contents.read(hash))
        .digest('hex')}`;
      if (actual !== hash) problems.push(`${hash} has the bytes of ${actual}`);
    }
    problems.push(...(await faultsOf(sheaf)));
    // What a power cut may leave behind is collected.
    await contents.prune({ graceMs: 0 });
    const named = await connection.sql.all<{ readonly hash: string }>(sql`SELECT hash FROM contents`);
    const hashes = new Set(named.map(({ hash }) => hash));
    const files = await readdir(connection.bytesFolder ?? '', { recursive: true }).catch(() => []);
    const left = files.map((file) => file.split('/').at(-1) ?? '').filter((name) => name.length > 2);
    problems.push(...left.filter((name) => !hashes.has(name)).map((name) => `${name} was not collected`));
    problems.push(...(await faultsOf(sheaf)));
  } finally {
    await sheaf.close();
  }
  return problems;
}
