// RFC 3986: a `%` escape, a `%` that starts none, or a character that must not appear raw in a path or query.
// No `i` flag: with `u` it would let U+017F and U+212A pass as letters.
const TO_NORMALIZE = /%([0-9A-Fa-f]{2})|[^A-Za-z0-9_\-.~!$&'()*+,;=:@/?]/gu;
const UNRESERVED = /[\w\-.~]/;

/**
 * One spelling for a path or query: escapes of unreserved characters are decoded, the others get upper-case digits,
 * what RFC 3986 does not allow raw is escaped as UTF-8, and a `%` that starts no escape becomes `%25`. Idempotent.
 */
export function normalizeEscapes(text: string): string {
  return text.replace(TO_NORMALIZE, (match: string, digits: string | undefined) => {
    if (digits === undefined) return encodeURIComponent(match.toWellFormed());
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return UNRESERVED.test(character) ? character : match.toUpperCase();
  });
}
