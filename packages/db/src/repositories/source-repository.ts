export const SOURCE_KINDS = ['site', 'feed', 'folder', 'cms', 'api', 'upload'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface SourceRecord {
  readonly id: string;
  readonly kind: SourceKind;
  readonly uri: string;
  readonly name: string | null;
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EnsureSource {
  readonly kind: SourceKind;
  readonly uri: string;
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface SourceRepository {
  /** The source of this kind and URI, made if it does not exist; name and config are updated where given. */
  ensure(source: EnsureSource): Promise<SourceRecord>;
  list(): Promise<readonly SourceRecord[]>;
  find(kind: SourceKind, uri: string): Promise<SourceRecord | undefined>;
  /**
   * After a complete, unfiltered, error-free map: what the source named before and `runId` did not see is gone from
   * it; a document that no source names any more is gone, with a `deleted` version where it had content.
   * Set-based, in chunks. Gives the number of documents gone.
   */
  closeMap(options: { readonly sourceId: string; readonly runId: string }): Promise<{ readonly goneDocuments: number }>;
}
