import { SheafError } from '@sheaf/core';
import { describe, expect, test } from 'vitest';
import { decideFailure, decideOutcome } from '../src/step/decide-outcome.ts';

const decide = (status: number, more: { isConditional?: boolean; retryAfterMs?: number } = {}) =>
  decideOutcome({ url: 'https://example.com/', status, isConditional: false, maxRetryAfterMs: 60_000, ...more });

describe('what an answer means', () => {
  test('a success is content, and nothing else is', () => {
    for (let status = 100; status <= 599; status += 1) {
      expect(decide(status).kind === 'content', String(status)).toBe(status >= 200 && status <= 299);
    }
  });

  test('304 says unchanged to who has a copy, and is a failure for who has none', () => {
    expect(decide(304, { isConditional: true })).toEqual({ kind: 'unchanged' });
    expect(decide(304)).toMatchObject({ kind: 'failed', error: { code: 'fetch.http-error', isRetryable: false } });
  });

  test('404 and 410 alone mean gone', () => {
    for (let status = 300; status <= 599; status += 1) {
      expect(decide(status), String(status)).toMatchObject({ isGone: status === 404 || status === 410 });
    }
  });

  test('408, 425, 429 and all server errors may be tried again; every other failure is final', () => {
    for (let status = 300; status <= 599; status += 1) {
      const isRetryable = [408, 425, 429].includes(status) || status >= 500;
      expect(decide(status), String(status)).toMatchObject({
        error: { code: 'fetch.http-error', isRetryable, details: { status } },
      });
    }
  });

  test('a Retry-After is honoured as long as a run waits, and ends the attempts beyond', () => {
    expect(decide(503, { retryAfterMs: 60_000 })).toMatchObject({ retryInMs: 60_000, error: { isRetryable: true } });
    const tooLong = decide(429, { retryAfterMs: 60_001 });
    expect(tooLong).toMatchObject({ error: { isRetryable: false, hint: expect.stringContaining('61 seconds') } });
    expect(tooLong).not.toHaveProperty('retryInMs');
    expect(decide(404, { retryAfterMs: 10 })).not.toHaveProperty('retryInMs');
    expect(decide(500)).not.toHaveProperty('retryInMs');
  });
});

describe('what it means that there was no answer', () => {
  const errorOf = (code: string, isRetryable = false, details = {}) =>
    new SheafError({ code, message: 'm', hint: 'h', isRetryable, details });

  test('what robots.txt forbids is skipped', () => {
    const error = errorOf('web.robots-denied');
    expect(decideFailure(error, 1_000)).toEqual({ kind: 'skipped', error });
  });

  test('a missing file is gone; everything else has only failed', () => {
    expect(decideFailure(errorOf('fetch.file-missing'), 1_000)).toMatchObject({ kind: 'failed', isGone: true });
    expect(decideFailure(errorOf('web.timeout', true), 1_000)).toMatchObject({ kind: 'failed', isGone: false });
  });

  test('a pause that the host wants is kept, unless it is longer than a run waits', () => {
    const asking = (retryAfterMs: number) => errorOf('web.host-backing-off', true, { retryAfterMs });
    expect(decideFailure(asking(1_000), 1_000)).toMatchObject({ retryInMs: 1_000 });
    expect(decideFailure(asking(1_001), 1_000)).not.toHaveProperty('retryInMs');
  });
});
