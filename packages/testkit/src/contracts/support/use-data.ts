import { afterEach, beforeEach } from 'vitest';
import type { ContractHarness, OpenDataOptions, OpenedData } from '../contract-harness.ts';

/**
 * Opens a new database before each test of the current `describe`, and closes it afterwards.
 *
 * @example
 * const data = useData(harness);
 * it('…', async () => {
 *   const { runs } = await data().repositories();
 * });
 */
export function useData(harness: ContractHarness, options?: () => OpenDataOptions): () => OpenedData {
  let opened: OpenedData | undefined;
  beforeEach(async () => {
    opened = await harness.open(options?.());
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  return () => {
    if (!opened) throw new Error('The data is open within tests only.');
    return opened;
  };
}
