import type { ContentChange, ObservedContent } from '../document-repository.ts';
import type { LockedDocument } from './lock-documents.ts';

/** What an observation means for a document: the first content, the same, another, or one after it was gone. */
export function contentChange(
  document: Pick<LockedDocument, 'version' | 'bytesHash' | 'textHash'>,
  observed: Pick<ObservedContent, 'bytesHash' | 'textHash'>,
): ContentChange {
  if (document.version === 0) return 'created';
  // Of all versions only a deleted one has no bytes.
  if (document.bytesHash === null) return 'restored';
  const isSame =
    observed.textHash === null ? document.bytesHash === observed.bytesHash : document.textHash === observed.textHash;
  return isSame ? 'unchanged' : 'updated';
}
