const STARS = '***';

/** Names of query parameters and settings whose values give access. */
const SECRET_NAME = String.raw`(?:[\w.-]*(?:token|secret|passw(?:or)?d|pwd|signature|credential|api[-_]?key|access[-_]?key|private[-_]?key)[\w.-]*|key|sig|auth)`;

const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // The password of any address: scheme://user:password@host.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/?#'"]*):[^\s/?#'"]*@/gi, `$1:${STARS}@`],
  [new RegExp(String.raw`([?&;]${SECRET_NAME}=)[^&#;\s'"<>)]+`, 'gi'), `$1${STARS}`],
  // Headers, as lines and as JSON.
  [
    /\b((?:proxy-)?authorization|x-api-key|api-key|x-auth-token)("?\s*[:=]\s*"?)(?:\w+ +)?[^\s"',;}]+/gi,
    `$1$2${STARS}`,
  ],
  [/\b((?:set-)?cookie)("?\s*[:=]\s*"?)[^\n"}]+/gi, `$1$2${STARS}`],
  [/\b(bearer|basic) +[\w.~+/=-]{8,}/gi, `$1 ${STARS}`],
];

/** Shorter passwords are words of every message; the patterns find them in their URL. */
const MIN_LITERAL_LENGTH = 4;

/**
 * Makes a function that takes secrets out of text: the passwords of the given URLs wherever they stand, those of any
 * other URL, and the values of query parameters and headers that give access.
 */
export function createRedactor(urls: readonly (string | undefined)[]): (text: string) => string {
  const literals = urls.flatMap((url) => (url === undefined ? [] : passwordsOf(url)));
  return (text) => {
    const withoutLiterals = literals.reduce((rest, literal) => rest.replaceAll(literal, STARS), text);
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replaceAll(pattern, replacement), withoutLiterals);
  };
}

/** As it is written, and as it is meant; the longest first. */
function passwordsOf(url: string): readonly string[] {
  // Not by URL: a password with an unescaped `/`, `#` or `@` makes the URL invalid, and the password no less secret.
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^:@/]*:(.*)@/i.exec(url)?.[1];
  const [, user] = /^[a-z][a-z0-9+.-]*:\/\/([^:@/]*)/i.exec(url) ?? [];
  if (written === undefined) return [];
  return [...new Set([written, decode(written)])].filter(
    // postgres:postgres@ is no secret, and part of every message that names the user.
    (password) => password.length >= MIN_LITERAL_LENGTH && password !== user,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
