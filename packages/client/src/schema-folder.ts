import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The absolute path of the schema that the clients were generated from: `models/`, and for each provider its
 * `migrations/` and `extras.sql`. In the built package it is a copy that the build makes.
 */
export const schemaFolder: string = fileURLToPath(
  [new URL('./prisma/', import.meta.url), new URL('../../../prisma/', import.meta.url)].find(existsSync) ??
    new URL('./prisma/', import.meta.url),
).replace(/[\\/]$/, '');
