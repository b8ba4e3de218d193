const MAX_SHOWN = 300;

/** An address as errors and log lines may show it: without user name and password, cut when very long. */
export function displayUrl(input: string | URL): string {
  const shown = withoutCredentials(String(input));
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}…`;
}

function withoutCredentials(text: string): string {
  if (!text.includes('@')) return text;
  if (URL.canParse(text)) {
    const url = new URL(text);
    // An opaque address (`mailto:`) has no user name of its own to hide.
    if (!url.username && !url.password) return text;
    url.username = '';
    url.password = '';
    return url.href;
  }
  // What cannot be parsed may hold a password anywhere before the last `@` of what would be the authority.
  return text.replace(/^([a-z][a-z0-9+.-]*:)?([\\/]*).*@/is, '$1$2');
}
