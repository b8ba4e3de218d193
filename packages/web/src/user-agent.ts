import { createRequire } from 'node:module';

/** `Sheaf/<version> (+<home page>)`: who asks, and where a site's owner can find out more. */
export function defaultUserAgent(): string {
  // From the package's root in source and when built; an import would pull the file out of the package's `src`.
  const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };
  return `Sheaf/${version} (+https://github.com/sheaf-data/sheaf)`;
}
