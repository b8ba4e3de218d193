/** What a package says of one of its error codes. `Params` are the facts that the message needs. */
export interface ErrorSpec<Params> {
  /** One sentence for people: what went wrong, with the facts. */
  readonly message: (params: Params) => string;
  /** What to do about it. */
  readonly hint: string;
}

/** The error codes of one package, as data; the error catalogue in `docs/errors.md` lists the same. */
export interface ErrorCatalog<Specs> {
  readonly domain: string;
  /** Full codes (`domain.name`) with their hints. */
  readonly codes: Readonly<Record<string, { readonly hint: string }>>;
  /** Makes the error; the caller throws it. */
  create<Name extends keyof Specs & string>(
    name: Name,
    params: Specs[Name] extends ErrorSpec<infer Params> ? Params : never,
    options?: CreateErrorOptions,
  ): SheafError;
}

export interface CreateErrorOptions {
  /** The error of the outside world behind this one. */
  readonly cause?: unknown;
  /** Whether trying the same again later may succeed; default false. */
  readonly isRetryable?: boolean;
  /** Overrides the catalogue's hint where the place knows better. */
  readonly hint?: string;
}

/**
 * An expected failure: coded, with what went wrong and how to fix it. Compare by `code`, never with `instanceof`,
 * since two copies of a package may be loaded.
 */
export class SheafError extends Error {
  override readonly name = 'SheafError';
  readonly code: string;
  readonly hint: string;
  readonly isRetryable: boolean;
  /** The facts of the message, for programs. Never holds secrets. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(options: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly isRetryable?: boolean;
    readonly cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details ?? {};
    this.isRetryable = options.isRetryable ?? false;
  }
}

/**
 * Declares the error codes of a package.
 *
 * @example
 * const errors = defineErrors('web', {
 *   'robots-denied': {
 *     message: (p: { url: string }) => `robots.txt forbids ${p.url}`,
 *     hint: 'Leave the page out, or ask the site for permission.',
 *   },
 * });
 * throw errors.create('robots-denied', { url: 'https://example.com/private' });
 */
// biome-ignore lint/suspicious/noExplicitAny: each spec has its own parameters; `create` recovers them by name.
export function defineErrors<const Specs extends Record<string, ErrorSpec<any>>>(
  domain: string,
  specs: Specs,
): ErrorCatalog<Specs> {
  return {
    domain,
    codes: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [`${domain}.${name}`, { hint: spec.hint }])),
    create(name, params, options = {}) {
      const spec = specs[name];
      if (!spec) throw new TypeError(`No error "${name}" is declared for "${domain}".`);
      return new SheafError({
        code: `${domain}.${name}`,
        message: spec.message(params),
        hint: options.hint ?? spec.hint,
        details: { ...(params as Record<string, unknown>) },
        ...(options.cause === undefined ? {} : { cause: options.cause }),
        ...(options.isRetryable === undefined ? {} : { isRetryable: options.isRetryable }),
      });
    },
  };
}

/** Whether a caught value is a coded error, optionally of one code or one domain (`'web.'`). */
export function isSheafError(error: unknown, codeOrDomain?: string): error is SheafError {
  if (!(error instanceof Error) || error.name !== 'SheafError') return false;
  const { code } = error as SheafError;
  if (codeOrDomain === undefined) return true;
  return codeOrDomain.endsWith('.') ? code.startsWith(codeOrDomain) : code === codeOrDomain;
}
