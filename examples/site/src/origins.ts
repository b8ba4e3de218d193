/** The host of the documentation site itself. */
export const SITE_HOST = 'site.sheaf.test';

/** A neighbour on the same server, for what leads off the site. */
export const OTHER_HOST = 'other.sheaf.test';

export type HostName = typeof SITE_HOST | typeof OTHER_HOST;

/** Absolute URLs in the content use these, whatever address the server listens on. */
export const SITE_ORIGIN = 'http://site.sheaf.test';
export const OTHER_ORIGIN = 'http://other.sheaf.test';
