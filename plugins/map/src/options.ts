export interface MapPluginOptions {
  /** Pages that a crawl requests at once, at the most; default 4. The web client paces each host besides. */
  readonly concurrency?: number;
  /** What relative paths of folders are relative to; default: the working directory of the process. */
  readonly cwd?: string;
}

/** Documents registered in one transaction, at the most. */
export const BATCH_SIZE = 500;
