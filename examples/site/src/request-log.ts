/** One request the server answered or began to answer. */
export interface SiteRequest {
  /** The Host the client asked for, as it spelled it. */
  readonly host: string;
  readonly method: string;
  /** Path and query as they came over the wire, not normalised. */
  readonly path: string;
  /** The status decided for the answer, also when the client left before it arrived. */
  readonly status: number;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly at: number;
  /** Lower-case names; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The latest requests, oldest first. */
export interface RequestLog {
  readonly requests: readonly SiteRequest[];
  add(request: SiteRequest): void;
  clear(): void;
}

/** @param limit How many requests are kept; older ones are forgotten. */
export function createRequestLog(limit: number): RequestLog {
  const requests: SiteRequest[] = [];
  return {
    get requests() {
      return [...requests];
    },
    add(request) {
      requests.push(request);
      if (requests.length > limit) requests.splice(0, requests.length - limit);
    },
    clear() {
      requests.length = 0;
    },
  };
}
