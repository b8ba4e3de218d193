/**
 * Joins what is asked for one by one in the same moment into one question: the handlers of steps that were claimed
 * together begin together.
 *
 * @param load gives the values of many keys; called once for all keys that were asked for in one tick.
 */
export function createBatchLoader<Value>(
  load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (key: string) => Promise<Value | undefined> {
  let keys: string[] = [];
  let batch: Promise<ReadonlyMap<string, Value>> | undefined;
  return async (key) => {
    keys.push(key);
    batch ??= Promise.resolve().then(() => {
      const asked = keys;
      keys = [];
      batch = undefined;
      return load(asked);
    });
    return (await batch).get(key);
  };
}
