import type { HostGateRepository, StoredRobots } from '@sheaf/db';
import { describe, expect, test } from 'vitest';
import { createMemoryHostGate } from '../src/index.ts';

function startGate(): { readonly gate: HostGateRepository; readonly advance: (milliseconds: number) => void } {
  let now = Date.parse('2026-01-01T00:00:00Z');
  const gate = createMemoryHostGate({ clock: { now: () => new Date(now) } });
  return {
    gate,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

describe('a memory host gate', () => {
  test('grants the first fetch and says how long the second has to wait', async () => {
    const { gate, advance } = startGate();
    expect(await gate.tryAcquire({ host: 'a', delayMs: 1000 })).toEqual({ granted: true, waitMs: 0 });
    advance(300);
    expect(await gate.tryAcquire({ host: 'a', delayMs: 1000 })).toEqual({ granted: false, waitMs: 700 });
    advance(699);
    expect(await gate.tryAcquire({ host: 'a', delayMs: 1000 })).toEqual({ granted: false, waitMs: 1 });
    advance(1);
    expect(await gate.tryAcquire({ host: 'a', delayMs: 1000 })).toEqual({ granted: true, waitMs: 0 });
  });

  test('counts the delay from the grant, not from the request before it', async () => {
    const { gate, advance } = startGate();
    await gate.tryAcquire({ host: 'a', delayMs: 1000 });
    advance(5000);
    await gate.tryAcquire({ host: 'a', delayMs: 1000 });
    expect(await gate.tryAcquire({ host: 'a', delayMs: 1000 })).toEqual({ granted: false, waitMs: 1000 });
  });

  test('keeps hosts apart, ports too', async () => {
    const { gate } = startGate();
    await gate.tryAcquire({ host: 'a', delayMs: 1000 });
    expect((await gate.tryAcquire({ host: 'b', delayMs: 1000 })).granted).toBe(true);
    expect((await gate.tryAcquire({ host: 'a:8080', delayMs: 1000 })).granted).toBe(true);
  });

  test('is closed by a back-off, which a shorter one does not end', async () => {
    const { gate, advance } = startGate();
    await gate.backOff({ host: 'a', waitMs: 60_000 });
    await gate.backOff({ host: 'a', waitMs: 10 });
    expect(await gate.tryAcquire({ host: 'a', delayMs: 0 })).toEqual({ granted: false, waitMs: 60_000 });
    advance(60_000);
    expect((await gate.tryAcquire({ host: 'a', delayMs: 0 })).granted).toBe(true);
  });

  test('forgets no host that still has to wait, however many there are', async () => {
    const { gate, advance } = startGate();
    await gate.backOff({ host: 'waiting', waitMs: 60_000 });
    for (let index = 0; index < 10_001; index += 1) await gate.tryAcquire({ host: `host-${index}`, delayMs: 1 });
    advance(10);
    await gate.tryAcquire({ host: 'one more', delayMs: 1 });
    expect((await gate.tryAcquire({ host: 'waiting', delayMs: 0 })).waitMs).toBe(59_990);
  });

  test('gives back the robots that were saved last', async () => {
    const { gate } = startGate();
    const at = new Date('2026-01-01T00:00:00Z');
    const stored: StoredRobots = { state: 'rules', body: 'User-agent: *', fetchedAt: at, expiresAt: at };
    expect(await gate.loadRobots('http://a')).toBeUndefined();
    await gate.saveRobots('http://a', { ...stored, state: 'unavailable', body: null });
    await gate.saveRobots('http://a', stored);
    expect(await gate.loadRobots('http://a')).toEqual(stored);
    expect(await gate.loadRobots('https://a')).toBeUndefined();
  });
});
