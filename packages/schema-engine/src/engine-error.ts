/** A failure that Prisma's CLI shows to the user, with one of its codes (`P1001`, …) where one fits. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string | undefined;

  constructor(message: string, options: { readonly code?: string | undefined; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}
