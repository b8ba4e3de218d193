/** What the database itself said, as the driver adapters of Prisma keep it. */
export interface OriginalError {
  readonly originalCode?: string;
  readonly originalMessage?: string;
}

/** Looks below the errors of Prisma's client (`meta`) and of its driver adapters (`cause`). */
export function originalErrorOf(error: unknown): OriginalError {
  const { cause, meta } = error as {
    readonly cause?: OriginalError;
    readonly meta?: { readonly driverAdapterError?: { readonly cause?: OriginalError } };
  };
  return meta?.driverAdapterError?.cause ?? cause ?? {};
}
