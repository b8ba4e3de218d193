/**
 * Text as both databases can hold it: NUL removed (PostgreSQL refuses it) and lone surrogates replaced by U+FFFD
 * (they have no UTF-8 form). With `maxLength` (UTF-16 units) the text is cut, never in the middle of a character.
 */
export function cleanText(text: string, maxLength?: number): string {
  let clean = text.includes('\0') ? text.replaceAll('\0', '') : text;
  if (!clean.isWellFormed()) clean = clean.toWellFormed();
  if (maxLength === undefined || clean.length <= maxLength) return clean;
  const last = clean.charCodeAt(maxLength - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return clean.slice(0, splitsPair ? maxLength - 1 : maxLength);
}

/** `cleanText` for every string inside a JSON value, keys included. */
export function cleanJson<T>(value: T): T {
  if (typeof value === 'string') return cleanText(value) as T;
  if (Array.isArray(value)) return value.map((item) => cleanJson(item)) as T;
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanJson(item)])) as T;
  }
  return value;
}
