import type { Provider } from '../sql/dialect.ts';

/** An owner's part of the schema, as text: what `compose` needs of a plugin. */
export interface FragmentText {
  /** The plugin's id; `data` for the core models. Names the file that its models go to. */
  readonly owner: string;
  /** The `.prisma` text: models, enums and views, no datasource and no generator. */
  readonly models: string;
  /** The tables that the models map to, in any order. */
  readonly tables: readonly string[];
  /** Idempotent SQL for what Prisma's schema cannot say, applied after the migrations. */
  readonly extras?: { readonly [Name in Provider]?: string | undefined };
}

/** The owner whose models come first in every list. */
const DATA_OWNER = 'data';

/** The order of owners in everything that is composed: the core models first, then by name. */
export function byOwner(left: { readonly owner: string }, right: { readonly owner: string }): number {
  if (left.owner === right.owner) return 0;
  if (left.owner === DATA_OWNER) return -1;
  if (right.owner === DATA_OWNER) return 1;
  return left.owner < right.owner ? -1 : 1;
}
