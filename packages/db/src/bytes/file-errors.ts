import { dbErrors } from '../errors.ts';
import { codeOf } from './file-system.ts';

const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EEXIST', 'EISDIR', 'ELOOP', 'ENOTDIR', 'EPERM', 'EROFS']);

/** Turns what the system says of files below a folder into `db.disk-full`, `db.disk-error` or `db.not-writable`. */
export function toFileError(error: unknown, folder: string): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return dbErrors.create('disk-full', { target: folder }, { cause: error });
  const reason = (error as Error).message;
  if (NOT_WRITABLE.has(code ?? '')) {
    return dbErrors.create('not-writable', { target: folder, reason }, { cause: error });
  }
  // A quota, a limit on the size of files, a failing disk: all that comes from the system and not from a mistake here.
  if (error instanceof Error && 'syscall' in error) {
    return dbErrors.create('disk-error', { target: folder, reason }, { cause: error });
  }
  return error;
}
