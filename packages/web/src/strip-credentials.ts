/**
 * An address without the user name and password that it may carry; anything else stays as it is, paths with an `@` too.
 * Sheaf sends none of them, and stores or logs none: apply it to every address that a person types.
 *
 * @example stripCredentials('https://me:secret@example.com/docs') // 'https://example.com/docs'
 */
export function stripCredentials(address: string): string {
  if (!address.includes('@') || !/^\s*[a-z][a-z0-9+.-]*:/i.test(address)) return address;
  if (!URL.canParse(address)) return address.replace(/^(\s*[^:]+:[\\/]*)[^\\/?#]*@/, '$1');
  const url = new URL(address);
  if (!url.username && !url.password) return address;
  url.username = '';
  url.password = '';
  return url.href;
}
