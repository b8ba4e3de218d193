/** What a move of documents did, in rows. Tables that it did not touch are left out. */
export interface DocumentMove {
  /** Documents that moved, without those that were merged into them. */
  readonly documents: number;
  /** Rows that are in the other workspace now, by table. */
  readonly moved: Readonly<Record<string, number>>;
  /** Rows that both workspaces have now, since what moved and what stayed need them: runs, sources, contents, … */
  readonly copied: Readonly<Record<string, number>>;
  /** Rows that tied what moved to what stayed, and are gone. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Rows that stay and were brought up to date: they no longer name what moved, or no longer count it. */
  readonly changed: Readonly<Record<string, number>>;
}
