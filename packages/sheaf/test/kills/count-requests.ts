import type { ExampleSite } from '@sheaf/example-site';

/** How often each address was requested. */
export function countRequests({ requests }: ExampleSite): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { host, path } of requests) {
    const uri = `http://${host}${path}`;
    counts.set(uri, (counts.get(uri) ?? 0) + 1);
  }
  return counts;
}
