import { fileURLToPath } from 'node:url';

/** The file that a SQLite URL names, `:memory:` included. Prisma's `file:./dev.db` is relative to the working directory. */
export function sqlitePathOf(url: string): string {
  const location = url.replace(/\?.*$/, '');
  return location.startsWith('file://') ? fileURLToPath(location) : location.replace(/^(file|sqlite):/, '');
}
