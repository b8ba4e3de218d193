/** Remembers the latest addresses, so that the links of a site's navigation are not looked up anew for each page. */
export interface RecentUrls {
  /** Remembers an address; false where it was remembered already. */
  add(url: string): boolean;
}

/** Forgets the oldest beyond `capacity`: memory stays the same however large the site is. */
export function createRecentUrls(capacity: number): RecentUrls {
  const urls = new Set<string>();
  return {
    add(url) {
      if (urls.has(url)) return false;
      urls.add(url);
      if (urls.size > capacity) urls.delete(urls.values().next().value as string);
      return true;
    },
  };
}
