import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@sheaf/core';
import { fetchErrors } from '../errors.ts';
import { typeOfFile } from '../media-type/type-of-file.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';

const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;

/**
 * Reads the file of a `file:` address; its size and its time of change are its validators.
 *
 * @throws `fetch.file-missing`, `fetch.file-unreadable`, `fetch.file-too-large`.
 */
export async function readLocalFile(
  { url, validators, maxBodyBytes = DEFAULT_MAX_BYTES }: RetrieveOptions,
  clock: Clock,
): Promise<Retrieved> {
  const startedAt = performance.now();
  const path = pathOf(url);
  // Opening a pipe would otherwise wait, for ever perhaps, for somebody to write to it.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw fetchErrors.create('file-missing', { url });
      throw fetchErrors.create('file-unreadable', { url, reason: reasonOf(error) }, { cause: error });
    },
  );
  try {
    const stats = await file.stat();
    const { size, mtimeMs, mtime } = stats;
    if (!stats.isFile()) throw fetchErrors.create('file-unreadable', { url, reason: 'it is no file' });
    const etag = `"${size}-${Math.trunc(mtimeMs)}"`;
    if (size > maxBodyBytes) throw fetchErrors.create('file-too-large', { url, size, limit: maxBodyBytes });
    const isUnchanged = validators?.etag === etag;
    const bytes = isUnchanged
      ? new Uint8Array()
      : await file.readFile().catch((error: NodeJS.ErrnoException) => {
          throw fetchErrors.create('file-unreadable', { url, reason: reasonOf(error) }, { cause: error });
        });
    const contentType = typeOfFile(path);
    return {
      status: isUnchanged ? 304 : 200,
      isFile: true,
      bytes,
      finalUrl: url,
      redirects: [],
      contentType,
      contentTypeHeader: contentType,
      charset: undefined,
      etag,
      lastModified: mtime.toUTCString(),
      retryAfterMs: undefined,
      fetchedAt: clock.now(),
      durationMs: performance.now() - startedAt,
    };
  } finally {
    await file.close();
  }
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw fetchErrors.create('file-unreadable', { url, reason: reasonOf(error as Error) }, { cause: error });
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
