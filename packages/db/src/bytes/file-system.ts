import type * as nodeFiles from 'node:fs/promises';

/** What a file byte store does with files: a part of Node's own interface. */
export type FileSystem = Pick<
  typeof nodeFiles,
  'link' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'rmdir' | 'stat' | 'utimes'
>;

export function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
