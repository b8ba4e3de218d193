import { contentHash } from '@sheaf/core';
import { readBytes } from '../repositories/stored-value.ts';
import type { Row } from '../sql/executor.ts';
import { type Sql, sql } from '../sql/statement.ts';
import type { Invariant, InvariantContext, Violation } from './invariant.ts';
import { readRows } from './read-rows.ts';

const FETCH_ADVICE = 'Fetch the documents again: `sheaf fetch --refetch` stores their bytes anew.';
/** Contents that are looked at together, at the most: their number, and their bytes. */
const CHUNK = { rows: 64, bytes: 8_000_000 } as const;
/** A file may be there for a while before the row that names it: its run has not come so far. */
const GRACE_MS = 60 * 60 * 1_000;

/** The bytes behind the rows: what only reading them can tell. */
export const contentFileInvariants: readonly Invariant[] = [
  {
    id: 'contents.file',
    summary: 'The file of a content is there, and as large as the content.',
    advice: FETCH_ADVICE,
    find: (context) => search(context, sql`storage = 'file'`, judgeSize),
  },
  {
    id: 'contents.hash',
    summary: 'The bytes of a content have the hash under which it is kept.',
    advice: FETCH_ADVICE,
    find: (context) =>
      context.isDeep ? search(context, sql`true`, judgeHash) : { unchecked: 'every byte is read with --deep alone' },
  },
  {
    id: 'contents.stray-files',
    summary: 'A row names each file of the byte store.',
    severity: 'notice',
    advice: '`sheaf prune` removes what nothing names any more.',
    find: findStrayFiles,
  },
];

interface ContentRow {
  readonly workspaceId: number;
  readonly hash: string;
  readonly size: number;
  readonly storage: string;
}

/** Says what is wrong with each of some contents of a workspace, if anything. */
type Judge = (rows: readonly ContentRow[], context: InvariantContext) => Promise<readonly (string | undefined)[]>;

/** Judges every content that fulfils a condition, some at a time. */
async function* search(
  context: InvariantContext,
  condition: Sql,
  judge: Judge,
): AsyncGenerator<Violation, void, undefined> {
  const key = ['workspace_id', 'hash'];
  const columns = [...key, 'size', 'storage'];
  const where = sql`${condition} AND ${context.inWorkspace(sql`workspace_id`)}`;
  for await (const rows of readRows({ sql: context.sql, table: 'contents', key, columns, where })) {
    for (const chunk of chunks(rows.map(toContent))) {
      const suspect = await reject(chunk, judge, context);
      // They may have been pruned, or stored again, since the state was taken.
      const confirmed = await reject(
        await stillKept(
          suspect.map(({ row }) => row),
          context,
        ),
        judge,
        context,
      );
      for (const { row, detail } of confirmed) yield { workspaceId: row.workspaceId, subject: row.hash, detail };
    }
  }
}

/** Contents of one workspace that can be in memory together. */
function* chunks(contents: readonly ContentRow[]): Generator<readonly ContentRow[], void, undefined> {
  let chunk: ContentRow[] = [];
  let bytes = 0;
  for (const content of contents) {
    const isFull = chunk.length === CHUNK.rows || bytes + content.size > CHUNK.bytes;
    if (chunk.length > 0 && (isFull || chunk[0]?.workspaceId !== content.workspaceId)) {
      yield chunk;
      [chunk, bytes] = [[], 0];
    }
    chunk.push(content);
    bytes += content.size;
  }
  if (chunk.length > 0) yield chunk;
}

async function reject(
  rows: readonly ContentRow[],
  judge: Judge,
  context: InvariantContext,
): Promise<readonly { readonly row: ContentRow; readonly detail: string }[]> {
  const details = rows.length === 0 ? [] : await judge(rows, context);
  return rows.flatMap((row, index) => {
    const detail = details[index];
    return detail === undefined ? [] : [{ row, detail }];
  });
}

async function stillKept(
  rows: readonly ContentRow[],
  { current: db }: InvariantContext,
): Promise<readonly ContentRow[]> {
  const [first] = rows;
  if (!first) return [];
  const hashes = rows.map(({ hash }) => hash);
  const kept = await db.all<{ readonly hash: string; readonly storage: string }>(sql`
    SELECT hash, storage FROM contents
    WHERE workspace_id = ${first.workspaceId} AND ${db.dialect.isIn(sql`hash`, hashes)}`);
  const storages = new Map(kept.map(({ hash, storage }) => [hash, storage]));
  return rows.filter(({ hash, storage }) => storages.get(hash) === storage);
}

const judgeSize: Judge = (rows, { bytes }) =>
  Promise.all(
    rows.map(async (row) => {
      const size = await bytes.forWorkspace(row.workspaceId).size(row.hash);
      if (size === row.size) return undefined;
      return size === undefined ? 'no file' : `${size} bytes, not ${row.size}`;
    }),
  );

/** What is missing is told by other invariants. */
const judgeHash: Judge = async (rows, context) => {
  const stored = await readStored(
    rows.filter(({ storage }) => storage === 'database'),
    context,
  );
  return Promise.all(
    rows.map(async ({ workspaceId, hash, storage }) => {
      const kept = storage === 'file' ? await context.bytes.forWorkspace(workspaceId).read(hash) : stored.get(hash);
      const actual = kept && contentHash(kept);
      return actual === undefined || actual === hash ? undefined : `the bytes have the hash ${actual}`;
    }),
  );
};

async function readStored(
  rows: readonly ContentRow[],
  { current: db }: InvariantContext,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const [first] = rows;
  if (!first) return new Map();
  const hashes = rows.map(({ hash }) => hash);
  const found = await db.all<{ readonly hash: string; readonly bytes: unknown }>(sql`
    SELECT hash, bytes FROM content_bytes
    WHERE workspace_id = ${first.workspaceId} AND ${db.dialect.isIn(sql`hash`, hashes)}`);
  return new Map(found.map(({ hash, bytes }) => [hash, readBytes(bytes)]));
}

async function* findStrayFiles(context: InvariantContext): AsyncGenerator<Violation, void, undefined> {
  const { current, bytes, inWorkspace } = context;
  const workspaces = await current.all<{ readonly id: number }>(
    sql`SELECT id FROM workspaces WHERE ${inWorkspace(sql`id`)} ORDER BY id`,
  );
  for (const { id } of workspaces) {
    for await (const files of bytes.forWorkspace(id).list()) {
      const old = files.filter(({ stagedAt }) => Date.now() - stagedAt.getTime() > GRACE_MS);
      const hashes = old.map(({ hash }) => hash);
      const rows = await current.all<{ readonly hash: string }>(
        sql`SELECT hash FROM contents WHERE workspace_id = ${id} AND ${current.dialect.isIn(sql`hash`, hashes)}`,
      );
      const known = new Set(rows.map(({ hash }) => hash));
      for (const { hash, size } of old) {
        if (!known.has(hash)) yield { workspaceId: id, subject: hash, detail: `${size} bytes` };
      }
    }
  }
}

function toContent(row: Row): ContentRow {
  return {
    workspaceId: row.workspace_id as number,
    hash: row.hash as string,
    size: row.size as number,
    storage: row.storage as string,
  };
}
