// The one `node:` import of core: hashing computes, it does no I/O.
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** A content hash: `sha256-` and 64 lower-case hexadecimal digits of the bytes' SHA-256. Text is hashed as UTF-8. */
export type ContentHash = `sha256-${string}`;

export function contentHash(content: Uint8Array | string): ContentHash {
  return `sha256-${hash('sha256', content)}`;
}

/** The content hash of a value's canonical JSON: equal for equal values, whatever the order of their keys. */
export function digestOf(value: unknown): ContentHash {
  return contentHash(canonicalJson(value));
}
