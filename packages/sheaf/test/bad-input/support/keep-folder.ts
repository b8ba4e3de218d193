import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '@sheaf/testkit';
import { cli } from '../../cli-harness.ts';
import { readStored, type Stored } from './stored.ts';

/** A folder with an SQLite database of three documents and their bytes, which come from elsewhere. */
export interface KeptFolder {
  readonly path: string;
  /** The path of the database. */
  readonly database: string;
  /** What the database held when it was made. */
  readonly stored: Stored;
  /** A folder of further documents, to be ingested. */
  readonly docs: string;
  addDocuments(count: number, size?: number): Promise<void>;
  remove(): Promise<void>;
}

let template: Promise<{ readonly path: string; readonly stored: Stored }> | undefined;

/** A copy of its own for a test, which users without rights may write to. */
export async function keepFolder(): Promise<KeptFolder> {
  template ??= makeTemplate();
  const { path: from, stored } = await template;
  const { path, remove } = await createTempFolder('kept');
  await cp(join(from, 'data'), join(path, 'data'), { recursive: true });
  const docs = join(path, 'docs');
  await mkdir(docs);
  await chmod(path, 0o777);
  const database = join(path, 'data', 'sheaf.db');
  const addDocuments = (count: number, size = 100): Promise<void> => write(docs, 'more', count, size);
  return { path, database, docs, stored, addDocuments, remove };
}

async function makeTemplate(): Promise<{ readonly path: string; readonly stored: Stored }> {
  const { path } = await createTempFolder('kept-template');
  const docs = join(path, 'docs');
  await mkdir(docs);
  await write(docs, 'first', 3, 100);
  const { code, err } = await cli(['ingest', docs, '--database', 'data/sheaf.db'], { cwd: path });
  if (code !== 0) throw new Error(err);
  return { path, stored: await readStored(join(path, 'data', 'sheaf.db')) };
}

async function write(folder: string, name: string, count: number, size: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const text = `# ${name} ${number}\n\n${`${name} ${number} says so. `.repeat(Math.ceil(size / 16))}`;
    await writeFile(join(folder, `${name}-${number}.md`), text.slice(0, size));
  }
}
