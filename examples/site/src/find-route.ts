import type { Route } from './route.ts';

/** Finds the route of a request's host and target, whatever way they are spelled. */
export type FindRoute = (request: { readonly host: string; readonly path: string }) => Route | undefined;

/**
 * Indexes routes by host and path. Like a real server, the lookup knows one page under many spellings: the case of the
 * host, its port, dot segments and percent-encoded characters that did not need to be.
 *
 * @throws Error when two routes have one host and path.
 */
export function createFindRoute(routes: readonly Route[]): FindRoute {
  const byUrl = new Map<string, Route>();
  for (const route of routes) {
    const url = normalUrl(route.host, route.path);
    if (byUrl.has(url)) throw new Error(`Two routes answer at ${url}.`);
    byUrl.set(url, route);
  }
  return ({ host, path }) => (URL.canParse(`http://${host}${path}`) ? byUrl.get(normalUrl(host, path)) : undefined);
}

function normalUrl(host: string, path: string): string {
  // Not `new URL(path, base)`, which takes a path that begins with two slashes for a host.
  const { hostname, pathname, search } = new URL(`http://${host}${path}`);
  return hostname + normalEscapes(pathname + search);
}

function normalEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (sequence) => {
    const character = String.fromCharCode(Number.parseInt(sequence.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : sequence.toUpperCase();
  });
}
