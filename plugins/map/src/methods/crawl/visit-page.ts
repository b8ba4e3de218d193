import { isSheafError } from '@sheaf/core';
import type { FrontierEntry, FrontierState } from '@sheaf/db';
import { canonicalizeUrl, type WebClient } from '@sheaf/web';
import { mapErrors } from '../../errors.ts';
import type { Tally } from '../../tally.ts';
import type { OwnHosts } from '../web-method.ts';
import { type PageLink, readLinks } from './read-links.ts';

export interface VisitPageOptions {
  readonly web: WebClient;
  readonly hosts: OwnHosts;
  readonly tally: Tally;
  readonly signal: AbortSignal;
}

/** How a visit of a page has ended. `failed`: its links are not all known, and another day it may be different. */
export interface Visit {
  readonly entry: FrontierEntry;
  readonly state: Exclude<FrontierState, 'pending' | 'running'>;
  /** The canonical address that answered, where that is another one of the site. */
  readonly finalUrl?: string;
  readonly links: readonly PageLink[];
}

/** Requests a page and reads its links. What goes wrong is counted; only an abort is thrown. */
export async function visitPage(entry: FrontierEntry, options: VisitPageOptions): Promise<Visit> {
  const { tally, signal } = options;
  try {
    return await visit(entry, options);
  } catch (error) {
    signal.throwIfAborted();
    if (isSheafError(error, 'web.robots-denied')) {
      tally.skip('robots-denied');
      return { entry, state: 'skipped', links: [] };
    }
    tally.fail(entry.uri, error);
    return { entry, state: 'failed', links: [] };
  }
}

async function visit(entry: FrontierEntry, { web, hosts, tally, signal }: VisitPageOptions): Promise<Visit> {
  const response = await web.get(entry.uri, { as: 'stream', signal });
  try {
    const { status, contentType, headers } = response;
    const finalUrl = canonicalizeUrl(response.finalUrl);
    const isMoved = finalUrl !== entry.uri;
    // A page that does not exist has no links: nothing is missing.
    if (status === 404 || status === 410) {
      tally.skip('not-found');
      return { entry, state: 'completed', links: [] };
    }
    if (status < 200 || status >= 300) throw mapErrors.create('http-error', { url: entry.uri, status });
    const isHtml = contentType === 'text/html' || contentType === 'application/xhtml+xml';
    if (!hosts.has(finalUrl)) return { entry, state: 'completed', links: [] };
    const moved = isMoved ? { finalUrl } : {};
    if (!isHtml) return { entry, state: 'completed', ...moved, links: [] };
    const { links, failure } = await readLinks(response.stream, {
      url: finalUrl,
      contentTypeHeader: headers['content-type'],
    });
    if (failure === undefined) return { entry, state: 'completed', ...moved, links };
    signal.throwIfAborted();
    tally.fail(entry.uri, failure);
    return { entry, state: 'failed', ...moved, links };
  } finally {
    await response.stream.cancel();
  }
}
