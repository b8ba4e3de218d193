import { isSheafError } from '@sheaf/core';
import { parseRequestUrl } from './canonical-url.ts';
import { displayUrl } from './display-url.ts';
import { webErrors } from './errors.ts';
import { headerAsUtf8, type ResponseHeaders } from './headers.ts';

/** One redirect that was followed. */
export interface Redirect {
  readonly from: string;
  readonly to: string;
  readonly status: number;
  /** Whether the site says that the old address is replaced for good (301, 308). */
  readonly permanent: boolean;
}

/** What a response must tell for its redirect to be followed. */
export interface RedirectingResponse {
  readonly status: number;
  readonly headers: ResponseHeaders;
}

export interface FollowRedirectsOptions<Response extends RedirectingResponse> {
  readonly start: URL;
  readonly maxRedirects: number;
  /** Requests one address; called anew for each hop. */
  readonly visit: (url: URL) => Promise<Response>;
  /** Lets go of a response whose redirect is followed or refused. */
  readonly leave: (response: Response) => Promise<void>;
}

export interface FollowedRedirects<Response> {
  readonly url: URL;
  readonly response: Response;
  readonly redirects: readonly Redirect[];
}

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Requests an address and follows redirects to the first response that is none. A redirect without a Location is a
 * response like any other.
 *
 * @throws `web.redirect-loop`, `web.too-many-redirects`, `web.invalid-redirect`, `web.url-too-long`; what `visit` throws.
 */
export async function followRedirects<Response extends RedirectingResponse>(
  options: FollowRedirectsOptions<Response>,
): Promise<FollowedRedirects<Response>> {
  const { start, maxRedirects, visit, leave } = options;
  const redirects: Redirect[] = [];
  const visited = new Set<string>([start.href]);
  let url = start;
  for (;;) {
    const response = await visit(url);
    const location = response.headers.location;
    if (!REDIRECT_STATUSES.has(response.status) || !location) return { url, response, redirects };
    await leave(response);
    const target = resolveLocation(location, url);
    if (visited.has(target.href)) {
      throw webErrors.create('redirect-loop', { url: displayUrl(start), target: displayUrl(target) });
    }
    if (redirects.length >= maxRedirects) {
      throw webErrors.create('too-many-redirects', { url: displayUrl(start), limit: maxRedirects });
    }
    const permanent = response.status === 301 || response.status === 308;
    redirects.push({ from: url.href, to: target.href, status: response.status, permanent });
    visited.add(target.href);
    url = target;
  }
}

function resolveLocation(location: string, from: URL): URL {
  try {
    return parseRequestUrl(headerAsUtf8(location), from);
  } catch (error) {
    if (!isSheafError(error, 'web.invalid-url')) throw error;
    throw webErrors.create('invalid-redirect', { url: displayUrl(from), location: displayUrl(location) });
  }
}
