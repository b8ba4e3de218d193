import type { ToolContext } from '@sheaf/core';
import type { DataRepositories, DataService } from '@sheaf/db';

/** What the tools of this plugin work with. */
export type CorpusContext = ToolContext<object, { readonly data: DataRepositories & DataService }>;
