export interface StoredRobots {
  readonly state: 'allowed' | 'rules' | 'unavailable';
  readonly body: string | null;
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
}

/** When a host may be asked next, for every worker of the deployment. Times are by the database's clock. */
export interface HostGateRepository {
  /** Grants a fetch on the host now, or says how long to wait. Granting moves the next one to now + delayMs. */
  tryAcquire(request: {
    readonly host: string;
    readonly delayMs: number;
  }): Promise<{ readonly granted: boolean; readonly waitMs: number }>;
  /** No fetch on the host before now + waitMs. Never shortens a longer back-off. */
  backOff(request: { readonly host: string; readonly waitMs: number }): Promise<void>;
  loadRobots(host: string): Promise<StoredRobots | undefined>;
  saveRobots(host: string, robots: StoredRobots): Promise<void>;
}
