import type { WebClient } from '@sheaf/web';
import { peekBytes } from '../text/peek-bytes.ts';
import { type ListingKind, SNIFF_BYTES, sniffListing } from './sniff-listing.ts';

/** What an address turned out to be. */
export interface Look {
  readonly status: number;
  readonly finalUrl: string;
  readonly kind: ListingKind;
}

/**
 * Requests an address and reads no more than its beginning.
 *
 * @throws what keeps the client from getting an answer.
 */
export async function lookAt(web: WebClient, url: string, signal: AbortSignal): Promise<Look> {
  const { status, finalUrl, contentType, stream } = await web.get(url, {
    as: 'stream',
    signal,
    // However long it is, its beginning can be read.
    maxBodyBytes: Number.POSITIVE_INFINITY,
  });
  try {
    if (status !== 200) return { status, finalUrl, kind: 'page' };
    const { head } = await peekBytes(stream, SNIFF_BYTES);
    return { status, finalUrl, kind: sniffListing({ head, contentType, url: finalUrl }) };
  } finally {
    await stream.cancel();
  }
}
