/** What each contender gave, round by round. */
export type Turns<Name extends string, Result> = Readonly<Record<Name, readonly Result[]>>;

export interface TakeTurnsOptions<Name extends string, Result> {
  readonly contenders: readonly Name[];
  readonly rounds: number;
  /** Those of the first round only: so slow that no noise matters. */
  readonly once?: readonly Name[];
  readonly run: (contender: Name) => Promise<Result>;
}

/** Runs contenders one after the other, each round in another order, so that a slow minute meets all of them. */
export async function takeTurns<Name extends string, Result>({
  contenders,
  rounds,
  once = [],
  run,
}: TakeTurnsOptions<Name, Result>): Promise<Turns<Name, Result>> {
  const results = Object.fromEntries(contenders.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    const first = round % contenders.length;
    for (const name of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      if (round === 0 || !once.includes(name)) results[name].push(await run(name));
    }
  }
  return results;
}

/** The least disturbed of several results. */
export function best<Result extends { readonly seconds: number }>(results: readonly Result[]): Result {
  return results.reduce((fastest, one) => (one.seconds < fastest.seconds ? one : fastest));
}
