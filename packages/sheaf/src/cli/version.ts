import { createRequire } from 'node:module';

// By its name: in the package, this module is part of a file that stands elsewhere.
const manifest = createRequire(import.meta.url)('sheaf/package.json') as { readonly version: string };

/** The version of the package `sheaf`. */
export const version: string = manifest.version;
