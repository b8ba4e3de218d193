import type { Clock } from '@sheaf/core';
import type { WebClient } from '@sheaf/web';
import { fetchErrors } from '../errors.ts';
import { readLocalFile } from './read-local-file.ts';
import type { Retrieved, RetrieveOptions } from './retrieved.ts';

export interface RetrieverOptions {
  readonly web: Pick<WebClient, 'get'>;
  readonly clock: Clock;
}

/**
 * Gets what is at an address: by a polite request from the web, or from a file.
 *
 * @throws what `WebClient.get` throws; `fetch.file-missing`, `fetch.file-unreadable`, `fetch.file-too-large`,
 *   `fetch.unsupported-scheme`.
 */
export async function retrieve(options: RetrieveOptions, { web, clock }: RetrieverOptions): Promise<Retrieved> {
  const { url, validators, maxBodyBytes, signal } = options;
  if (/^file:/i.test(url)) return readLocalFile(options, clock);
  if (!/^https?:/i.test(url)) throw fetchErrors.create('unsupported-scheme', { url });
  const response = await web.get(url, {
    signal,
    ...(validators?.etag ? { etag: validators.etag } : {}),
    ...(validators?.lastModified ? { lastModified: validators.lastModified } : {}),
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  });
  return {
    status: response.status,
    isFile: false,
    bytes: response.body,
    finalUrl: response.finalUrl,
    redirects: response.redirects,
    contentType: response.contentType,
    contentTypeHeader: response.headers['content-type'],
    charset: response.charset,
    etag: response.etag ?? null,
    lastModified: response.lastModified ?? null,
    retryAfterMs: response.retryAfterMs,
    fetchedAt: response.fetchedAt,
    durationMs: response.durationMs,
  };
}
