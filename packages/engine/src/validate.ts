import type { SheafError } from '@sheaf/core';
import type { z } from 'zod';

/** Parses a value, or throws the coded error that the caller makes of all its problems. */
export async function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  fail: (problems: readonly string[]) => SheafError,
): Promise<z.output<Schema>> {
  const result = await schema.safeParseAsync(value);
  if (result.success) return result.data;
  throw fail(
    result.error.issues.map(({ path, message }) => `${path.length > 0 ? path.join('.') : 'input'}: ${message}`),
  );
}
