import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The schema of the first-party plugins that comes with this package: `models/`, and for each provider its
 * `migrations/` and `extras.sql`. An app with plugins of its own has a folder of its own instead.
 */
export function shippedSchemaFolder(): string {
  // In the package it stands beside this module, a copy that the build makes; in the repository at the top.
  const packaged = new URL('./prisma/', import.meta.url);
  const folder = existsSync(packaged) ? packaged : new URL('../../../../prisma/', import.meta.url);
  return fileURLToPath(folder).replace(/[\\/]$/, '');
}
