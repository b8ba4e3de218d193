import type { Dirent, Stats } from 'node:fs';
import { type FileHandle, lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Discovery, type DiscoveryBatch, type DiscoverySource, inBatches } from '../../discovery.ts';
import { mapErrors } from '../../errors.ts';
import type { Tally } from '../../tally.ts';
import { wholeCharacters } from '../../text/decode-stream.ts';
import { readHeading } from './read-heading.ts';

export interface MapByFolderOptions {
  /** As it was given, absolute. */
  readonly path: string;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  readonly batchSize: number;
}

const MARKDOWN = new Set(['.md', '.markdown', '.mdx']);
const DOCUMENTS = new Set([...MARKDOWN, '.txt', '.text', '.rst', '.adoc', '.org', '.html', '.htm', '.xhtml', '.pdf']);
/** Titles stand at the beginning. */
const HEAD_BYTES = 16_384;
/** The data layer keeps no longer URI. */
const MAX_URI_LENGTH = 8_192;
const RENAME = 'Give it a name in UTF-8.';

/**
 * Finds the documents in a folder and in the folders below it. Hidden files are left out; links are not followed, since
 * what they lead to is found under its own name, or lies outside. A document's identity is its absolute path.
 *
 * @throws `map.not-a-folder`, `map.unreadable`.
 */
export async function* mapByFolder(options: MapByFolderOptions): AsyncGenerator<DiscoveryBatch> {
  const root = await resolveFolder(options.path);
  let hasFound = false;
  const place = { method: 'folder', source: folderSource(root), size: options.batchSize } as const;
  for await (const batch of inBatches(walk(root, root, options), place)) {
    hasFound = true;
    yield batch;
  }
  if (hasFound) return;
  const tried = Object.entries(options.tally.skipped).map(([reason, count]) => `${count} left out: ${reason}`);
  throw mapErrors.create(
    'nothing-found',
    { source: root, tried },
    { hint: `Documents are files that end in ${[...DOCUMENTS].join(', ')}.` },
  );
}

function folderSource(root: string): DiscoverySource {
  return { kind: 'folder', uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` };
}

/**
 * The one path of a folder, whatever links lead there.
 *
 * @throws `map.not-a-folder`, `map.unreadable`.
 */
async function resolveFolder(path: string): Promise<string> {
  let facts: Stats;
  let root: string;
  try {
    root = await realpath(path);
    facts = await stat(root);
  } catch (error) {
    throw unreadable(path, error);
  }
  if (!facts.isDirectory()) throw mapErrors.create('not-a-folder', { path });
  return root;
}

async function* walk(folder: string, root: string, options: MapByFolderOptions): AsyncGenerator<Discovery> {
  const { tally, signal } = options;
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      signal.throwIfAborted();
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) folders.push(path);
      else if (isDocument(entry, tally)) yield* describe(path, root, tally);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (folder === root) throw unreadable(folder, error);
    tally.fail(pathToFileURL(folder).href, unreadable(folder, error));
  }
  for (const inner of folders) yield* walk(inner, root, options);
}

function isDocument(entry: Dirent, tally: Tally): boolean {
  if (entry.name.startsWith('.')) tally.skip('hidden');
  else if (entry.isSymbolicLink()) tally.skip('link');
  else if (!entry.isFile() || !DOCUMENTS.has(extname(entry.name).toLowerCase())) tally.skip('unsupported-type');
  else return true;
  return false;
}

async function* describe(path: string, root: string, tally: Tally): AsyncGenerator<Discovery> {
  const { href: uri } = pathToFileURL(path);
  if (uri.length > MAX_URI_LENGTH) return tally.skip('too-long');
  try {
    const { mtime, size } = await lstat(path);
    const title = MARKDOWN.has(extname(path).toLowerCase()) ? readHeading(await readHead(path)) : undefined;
    yield {
      uri,
      depth: 0,
      foundAt: null,
      ...(title === undefined ? {} : { title }),
      modifiedAt: mtime,
      meta: { path: relative(root, path).split(sep).join('/'), size },
    };
  } catch (error) {
    tally.fail(uri, unreadable(path, error));
  }
}

async function readHead(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return new TextDecoder().decode(wholeCharacters(buffer.subarray(0, bytesRead)));
  } finally {
    await file?.close();
  }
}

/** What is no error of the operating system is a bug, and thrown as it is. */
function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined || !(error instanceof Error) || !('syscall' in error)) return error;
  // What is no UTF-8 comes as U+FFFD, under which name there is nothing.
  const isMisnamed = code === 'ENOENT' && path.includes('\uFFFD');
  const reason = isMisnamed ? 'its name is not valid UTF-8' : code;
  return mapErrors.create('unreadable', { path, reason }, { cause: error, ...(isMisnamed ? { hint: RENAME } : {}) });
}
