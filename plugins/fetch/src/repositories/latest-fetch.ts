import type { FetchResult } from './fetch-result.ts';

/** What the newest fetch of a document got: what a conditional request says, and what holds on if nothing changed. */
export interface LatestFetch
  extends Pick<
    FetchResult,
    | 'documentId'
    | 'runId'
    | 'mimeType'
    | 'charset'
    | 'language'
    | 'title'
    | 'canonicalUri'
    | 'bytesHash'
    | 'textHash'
    | 'contentLength'
    | 'textLength'
    | 'etag'
    | 'lastModified'
  > {
  /** Digest of the bytes and of what else the extraction read. */
  readonly inputHash: string | null;
  /** Digest of the extractor that read them. */
  readonly configHash: string | null;
  /** Whether the document still holds what was got: it is not gone, and no other version was made current. */
  readonly isCurrent: boolean;
}
