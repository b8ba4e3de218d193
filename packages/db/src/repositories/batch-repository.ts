export interface BatchRecord {
  readonly id: string;
  readonly name: string | null;
  readonly sourceId: string | null;
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

export interface BatchRepository {
  start(batch: {
    readonly name?: string;
    readonly sourceId?: string;
    readonly params?: Readonly<Record<string, unknown>>;
  }): Promise<BatchRecord>;
  /** Sets the end once. @throws `db.not-found`. */
  end(batchId: string): Promise<void>;
  find(batchId: string): Promise<BatchRecord | undefined>;
}
