import { type ContentHash, cleanText, contentHash } from '@sheaf/core';
import { dbErrors } from '../../errors.ts';

/** The longest URI of a document, in characters. */
const MAX_URI_LENGTH = 8_192;
/** Characters of a URI that lists are ordered by. */
export const URI_KEY_LENGTH = 200;
/** The longest name that DNS knows, in characters. */
const MAX_DOMAIN_LENGTH = 253;

/** A URI with what is stored and looked up of it. */
export interface DocumentUriFacts {
  readonly uri: string;
  readonly hash: ContentHash;
  /** The first 200 characters: what lists are ordered by. */
  readonly key: string;
  /** The host's name of an http(s) URI, in lower case; '' for every other URI, which has no domain. */
  readonly domain: string;
}

/**
 * Reads a URI that is canonical already. NUL and lone surrogates, which PostgreSQL cannot hold, are cleaned away.
 *
 * @throws `db.invalid-uri` for an empty one and for one of more than 8,192 characters.
 */
export function documentUri(text: string): DocumentUriFacts {
  const uri = cleanText(text);
  const refuse = (reason: string) => dbErrors.create('invalid-uri', { uri: cleanText(uri, URI_KEY_LENGTH), reason });
  if (uri === '') throw refuse('it is empty.');
  if (uri.length > MAX_URI_LENGTH) throw refuse(`it has ${uri.length} characters; at most ${MAX_URI_LENGTH} are kept.`);
  return { uri, hash: contentHash(uri), key: cleanText(uri, URI_KEY_LENGTH), domain: domainOf(uri) };
}

/** The key under which a URI is looked up, whether or not it could be stored. */
export function uriHash(text: string): ContentHash {
  return contentHash(cleanText(text));
}

function domainOf(uri: string): string {
  const url = /^https?:/i.test(uri) ? URL.parse(uri) : null;
  return url === null ? '' : cleanText(url.hostname.toLowerCase(), MAX_DOMAIN_LENGTH);
}
