import canonicalize from 'canonicalize';

/**
 * JSON by RFC 8785: keys sorted, no white space, numbers as ECMAScript writes them. Equal values give equal text.
 *
 * @throws TypeError for what JSON cannot say at the top level (`undefined`, a function, a symbol).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form.`);
  return text;
}
