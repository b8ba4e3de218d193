import { describe, expect, it } from 'vitest';
import { defineErrors, isSheafError, SheafError } from '../src/index.ts';

const errors = defineErrors('cake', {
  burnt: { message: (p: { minutes: number }) => `Baked for ${p.minutes} minutes`, hint: 'Bake shorter.' },
});

describe('coded errors', () => {
  it('carry code, message, hint, facts and cause', () => {
    const cause = new Error('oven');
    const error = errors.create('burnt', { minutes: 90 }, { cause });
    expect(error).toMatchObject({
      name: 'SheafError',
      code: 'cake.burnt',
      message: 'Baked for 90 minutes',
      hint: 'Bake shorter.',
      details: { minutes: 90 },
      isRetryable: false,
    });
    expect(error.cause).toBe(cause);
    expect(error.stack).toContain('errors.test.ts');
  });

  it('may be retryable, and may carry a better hint', () => {
    const error = errors.create('burnt', { minutes: 1 }, { isRetryable: true, hint: 'Use butter.' });
    expect(error.isRetryable).toBe(true);
    expect(error.hint).toBe('Use butter.');
  });

  it('are known by name and code, not by class', () => {
    const foreign = Object.assign(new Error('from another copy'), { name: 'SheafError', code: 'cake.burnt' });
    expect(foreign).not.toBeInstanceOf(SheafError);
    expect(isSheafError(foreign, 'cake.burnt')).toBe(true);
    expect(isSheafError(foreign, 'cake.')).toBe(true);
    expect(isSheafError(foreign, 'cake.raw')).toBe(false);
    expect(isSheafError(new Error('plain'))).toBe(false);
    expect(isSheafError('text')).toBe(false);
  });

  it('list their codes', () => {
    expect(errors.codes).toEqual({ 'cake.burnt': { hint: 'Bake shorter.' } });
  });

  it('refuse a name that is not declared', () => {
    // @ts-expect-error: the name is not in the catalogue.
    expect(() => errors.create('raw', { minutes: 1 })).toThrow('No error "raw" is declared for "cake".');
  });

  it('have typed facts', () => {
    // @ts-expect-error: minutes is a number.
    errors.create('burnt', { minutes: 'ninety' });
  });
});
