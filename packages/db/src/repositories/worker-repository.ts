export interface WorkerRecord {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Workers belong to the deployment. Times are the database's. */
export interface WorkerRepository {
  /** Registers or refreshes a worker. */
  checkIn(worker: { readonly id: string; readonly host: string; readonly pid: number }): Promise<void>;
  remove(id: string): Promise<void>;
  list(): Promise<readonly WorkerRecord[]>;
}
