import { isSheafError } from '@sheaf/core';
import { dbErrors } from '../errors.ts';

/** The error of work that a signal has ended: the signal's own where that is coded. */
export function canceledBy({ reason }: AbortSignal): Error {
  return isSheafError(reason, 'db.') ? reason : dbErrors.create('canceled', {}, { cause: reason });
}
