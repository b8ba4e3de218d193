/** One thing about the site that can be different from the way it began. */
export type Change = 'healed' | 'changed' | 'vanished';

/** The names `setScenario` accepts. */
export type ScenarioName = 'initial' | 'nonce' | 'healed' | 'changed' | 'vanished' | 'second';

/** A named state of the whole site: the way it began plus a set of changes. */
export interface Scenario {
  readonly name: ScenarioName;
  readonly summary: string;
  /** The build stamp and nonce of pages that carry them; no two scenarios share one. */
  readonly build: string;
  readonly changes: readonly Change[];
}

/**
 * Every scenario. A scenario is a state, not a step: it always means the initial site plus its own changes, whatever was
 * set before. `second` has all changes at once and is what the demo shows on its second run.
 */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  initial: { name: 'initial', summary: 'The site as it began.', build: 'b1041-3fa9c2', changes: [] },
  nonce: { name: 'nonce', summary: 'Only nonces and build stamps differ.', build: 'b1042-77e01d', changes: [] },
  healed: {
    name: 'healed',
    summary: 'The pages that answered 500 and 429 answer 200.',
    build: 'b1043-c8d415',
    changes: ['healed'],
  },
  changed: {
    name: 'changed',
    summary: 'The text of /guide/sewing is another.',
    build: 'b1044-09be66',
    changes: ['changed'],
  },
  vanished: {
    name: 'vanished',
    summary: '/news/spring-fair answers 404 and has left the sitemap.',
    build: 'b1045-e2307a',
    changes: ['vanished'],
  },
  second: {
    name: 'second',
    summary: 'Healed, changed and vanished at once; the second run of the demo.',
    build: 'b1046-5d9fb8',
    changes: ['healed', 'changed', 'vanished'],
  },
};

/**
 * Looks a scenario up by name.
 *
 * @throws RangeError when there is no such scenario; the message lists the names.
 */
export function scenarioNamed(name: string): Scenario {
  if (Object.hasOwn(scenarios, name)) return scenarios[name as ScenarioName];
  throw new RangeError(`Unknown scenario "${name}". The scenarios are: ${Object.keys(scenarios).join(', ')}.`);
}
