/**
 * Makes a function that removes the passwords of connection URLs from text: the password of any URL, and the literal
 * passwords of the given URLs wherever they stand.
 */
export function createRedactor(urls: readonly (string | undefined)[]): (text: string) => string {
  const secrets = urls.flatMap((url) => secretsOf(url)).toSorted((a, b) => b.length - a.length);
  return (text) => {
    let redacted = text.replaceAll(/(\b[a-z][a-z0-9+]*:\/\/[^\s:@/?#]*):[^\s@]*@/gi, '$1:<REDACTED>@');
    for (const secret of secrets) redacted = redacted.replaceAll(secret, '<REDACTED>');
    return redacted;
  };
}

function secretsOf(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { username, password } = new URL(url);
  const secrets = new Set([password, decode(password)]);
  // A password that equals the user name (postgres:postgres) is in every message that names the user; replacing it
  // would hide nothing and say which it is.
  for (const word of ['', username, decode(username)]) secrets.delete(word);
  return [...secrets];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
