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
  /**
   * Takes a worker that is gone off the list, in one transaction: its running steps are pending again (the attempt
   * counts; failed with `engine.worker-lost` where none is left), the runs it held can be resumed.
   */
  remove(id: string): Promise<void>;
  list(): Promise<readonly WorkerRecord[]>;
}
