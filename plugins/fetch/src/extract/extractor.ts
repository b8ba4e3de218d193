import { digestOf } from '@sheaf/core';

/** Says which way of extracting made an artifact. Raise the version whenever equal bytes would give another text. */
export const EXTRACTOR: { readonly name: string; readonly version: number } = { name: 'sheaf-fetch', version: 1 };

/** The digest of the extractor's name, version and settings. */
export const EXTRACTOR_CONFIG_HASH: string = digestOf({ ...EXTRACTOR, options: {} });
