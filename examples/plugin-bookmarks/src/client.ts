/** A row of the model `Bookmark`. */
export interface BookmarkRow {
  readonly documentId: string;
  readonly runId: string;
  readonly note: string | null;
  readonly tag: string | null;
  readonly createdAt: Date;
}

/**
 * What this plugin uses of the app's Prisma client, and no more. The client is the app's own, generated from its
 * composed schema; that it has this is checked where the plugin is put into the list.
 */
export interface BookmarkClient {
  readonly bookmark: {
    findMany(args: {
      where: { workspaceId: number; documentId: string };
      orderBy: { runId: 'desc' };
      take: number;
    }): PromiseLike<readonly BookmarkRow[]>;
  };
}
