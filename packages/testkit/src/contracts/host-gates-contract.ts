import { describe, expect, it } from 'vitest';
import type { ContractHarness } from './contract-harness.ts';
import { wait } from './support/run-rows.ts';
import { useData } from './support/use-data.ts';

const HOST = 'example.com:443';

/** What `HostGateRepository` promises, whatever the database. */
export function hostGatesContract(harness: ContractHarness): void {
  describe(`host gates on ${harness.name}`, () => {
    const data = useData(harness);

    it('grant the first fetch at once, and the next after the delay', async () => {
      const { hostGates } = data().service;
      expect(await hostGates.tryAcquire({ host: HOST, delayMs: 300 })).toEqual({ granted: true, waitMs: 0 });
      const grantedAt = performance.now();
      const refused = await hostGates.tryAcquire({ host: HOST, delayMs: 300 });
      expect(refused.granted).toBe(false);
      expect(refused.waitMs).toBeGreaterThan(0);
      expect(refused.waitMs).toBeLessThanOrEqual(300);
      await wait(300 - (performance.now() - grantedAt) + 20);
      expect((await hostGates.tryAcquire({ host: HOST, delayMs: 300 })).granted).toBe(true);
    });

    it('pace each host by itself', async () => {
      const { hostGates } = data().service;
      await hostGates.tryAcquire({ host: HOST, delayMs: 60_000 });
      expect((await hostGates.tryAcquire({ host: 'example.org:443', delayMs: 60_000 })).granted).toBe(true);
    });

    it('are open at once again where no delay is asked for', async () => {
      const { hostGates } = data().service;
      for (let fetch = 0; fetch < 3; fetch += 1) {
        expect((await hostGates.tryAcquire({ host: HOST, delayMs: 0 })).granted).toBe(true);
      }
    });

    it('grant one of many that ask at once', async () => {
      const { hostGates } = data().service;
      const ask = () =>
        Promise.all(Array.from({ length: 12 }, () => hostGates.tryAcquire({ host: HOST, delayMs: 60_000 })));
      const [first, second] = [await ask(), await ask()];
      expect(first.filter((answer) => answer.granted)).toHaveLength(1);
      expect(second.filter((answer) => answer.granted)).toHaveLength(0);
      expect(second.every((answer) => answer.waitMs > 50_000 && answer.waitMs <= 60_000)).toBe(true);
    });

    it('never grant two fetches closer than the delay, whoever asks', async () => {
      const { hostGates } = data().service;
      const delayMs = 40;
      const times: number[] = [];
      const fetcher = async (): Promise<void> => {
        while (times.length < 8) {
          const { granted, waitMs } = await hostGates.tryAcquire({ host: HOST, delayMs });
          if (granted) times.push(performance.now());
          else await wait(waitMs);
        }
      };
      const began = performance.now();
      await Promise.all([fetcher(), fetcher(), fetcher()]);
      // The grants lie in the database; seen from here, only the whole stretch is certain.
      expect((times[7] ?? 0) - began).toBeGreaterThanOrEqual(7 * delayMs);
    });

    it('stay closed while a host is to be left alone', async () => {
      const { hostGates } = data().service;
      await hostGates.tryAcquire({ host: HOST, delayMs: 0 });
      await hostGates.backOff({ host: HOST, waitMs: 90_000 });
      const refused = await hostGates.tryAcquire({ host: HOST, delayMs: 0 });
      expect(refused.granted).toBe(false);
      expect(refused.waitMs).toBeGreaterThan(60_000);
      expect(refused.waitMs).toBeLessThanOrEqual(90_000);
    });

    it('open again once the back-off is over', async () => {
      const { hostGates } = data().service;
      await hostGates.backOff({ host: HOST, waitMs: 30 });
      expect((await hostGates.tryAcquire({ host: HOST, delayMs: 0 })).granted).toBe(false);
      await wait(50);
      expect((await hostGates.tryAcquire({ host: HOST, delayMs: 0 })).granted).toBe(true);
    });

    it('keep to the longer of two back-offs', async () => {
      const { hostGates } = data().service;
      await hostGates.backOff({ host: HOST, waitMs: 90_000 });
      await hostGates.backOff({ host: HOST, waitMs: 1 });
      await wait(20);
      expect((await hostGates.tryAcquire({ host: HOST, delayMs: 0 })).waitMs).toBeGreaterThan(60_000);
      await hostGates.backOff({ host: HOST, waitMs: 200_000 });
      expect((await hostGates.tryAcquire({ host: HOST, delayMs: 0 })).waitMs).toBeGreaterThan(100_000);
    });

    it('can be closed for months', async () => {
      const { hostGates } = data().service;
      const waitMs = 90 * 24 * 3600 * 1000;
      await hostGates.backOff({ host: HOST, waitMs });
      const refused = await hostGates.tryAcquire({ host: HOST, delayMs: 0 });
      expect(refused.waitMs).toBeGreaterThan(waitMs - 60_000);
      expect(refused.waitMs).toBeLessThanOrEqual(waitMs);
    });

    it('keep what robots.txt said, apart from the pace', async () => {
      const { hostGates } = data().service;
      const origin = 'https://example.com';
      expect(await hostGates.loadRobots(origin)).toBeUndefined();
      await hostGates.tryAcquire({ host: origin, delayMs: 60_000 });
      expect(await hostGates.loadRobots(origin)).toBeUndefined();
      const fetchedAt = new Date('2026-05-04T03:02:01.007Z');
      const expiresAt = new Date('2026-05-05T03:02:01.008Z');
      await hostGates.saveRobots(origin, {
        state: 'rules',
        body: 'User-agent: *\0\nDisallow: /x',
        fetchedAt,
        expiresAt,
      });
      expect(await hostGates.loadRobots(origin)).toEqual({
        state: 'rules',
        body: 'User-agent: *\nDisallow: /x',
        fetchedAt,
        expiresAt,
      });
      await hostGates.saveRobots(origin, { state: 'allowed', body: null, fetchedAt: expiresAt, expiresAt });
      expect(await hostGates.loadRobots(origin)).toEqual({
        state: 'allowed',
        body: null,
        fetchedAt: expiresAt,
        expiresAt,
      });
      expect((await hostGates.tryAcquire({ host: origin, delayMs: 0 })).granted).toBe(false);
      await hostGates.saveRobots('https://example.org', { state: 'unavailable', body: null, fetchedAt, expiresAt });
      expect((await hostGates.tryAcquire({ host: 'https://example.org', delayMs: 0 })).granted).toBe(true);
    });
  });
}
