import { readFile } from 'node:fs/promises';
import type { SchemaFragment } from '@sheaf/core';
import type { FragmentText } from './fragment.ts';

export interface ReadFragmentOptions {
  readonly owner: string;
  readonly schema: SchemaFragment;
}

/** Reads a plugin's fragment from its package. */
export async function readFragment({ owner, schema }: ReadFragmentOptions): Promise<FragmentText> {
  const read = (url: URL | undefined): Promise<string> | undefined => (url ? readFile(url, 'utf8') : undefined);
  const [models, sqlite, postgresql] = await Promise.all([
    readFile(schema.models, 'utf8'),
    read(schema.extras?.sqlite),
    read(schema.extras?.postgresql),
  ]);
  return { owner, models, tables: schema.tables, extras: { sqlite, postgresql } };
}
