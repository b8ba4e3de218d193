const MAX_SHOWN = 300;

/** An address as errors and log lines may show it: without user name and password, cut when very long. */
export function displayUrl(input: string | URL): string {
  const shown = withoutCredentials(String(input));
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}…`;
}

function withoutCredentials(text: string): string {
  if (!text.includes('@')) return text;
  if (/^https?:/i.test(text) && URL.canParse(text)) {
    const url = new URL(text);
    // An `@` in the path is no secret.
    if (!url.username && !url.password) return text;
    url.username = '';
    url.password = '';
    return url.href;
  }
  // Anything before the last `@` may be a password; `name:password@host` even looks like a scheme.
  return text.replace(/^([a-z][a-z0-9+.-]*:[\\/]+)?.*@/is, '$1');
}
