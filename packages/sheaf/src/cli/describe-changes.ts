import type { ComposeToFolderResult } from '@sheaf/db';

/** What composing did to the files of a folder, for people; nothing where it did nothing. */
export function describeChanges({ changed, removed }: ComposeToFolderResult): string {
  const written = changed.filter((path) => !removed.includes(path));
  return [listed('Wrote', written), listed('Removed', removed)].join('');
}

function listed(what: string, paths: readonly string[]): string {
  return paths.length === 0 ? '' : `${what}:\n${paths.map((path) => `  ${path}\n`).join('')}`;
}
