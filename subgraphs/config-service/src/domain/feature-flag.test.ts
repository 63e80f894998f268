import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, isOnFor } from './feature-flag.ts';

const USERS = Array.from({ length: 4_000 }, (_, number) => `user-${number}`);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const percent = fc.integer({ min: 0, max: 100 });

describe('a rollout', () => {
  it('puts users where the schema says, for ever', () => {
    // printf '%s' 'new-risk-panel:ada' | sha256sum, first eight digits modulo 100
    expect(bucketOf('new-risk-panel', 'ada')).toBe(63);
    expect(bucketOf('new-risk-panel', 'bob')).toBe(33);
  });

  it('is on for nobody at 0, for everybody at 100, and for nobody when disabled', () => {
    fc.assert(fc.property(name, fc.string(), (key, userId) => {
      expect(isOnFor({ key, enabled: true, rolloutPercent: 0 }, userId)).toBe(false);
      expect(isOnFor({ key, enabled: true, rolloutPercent: 100 }, userId)).toBe(true);
      expect(isOnFor({ key, enabled: false, rolloutPercent: 100 }, userId)).toBe(false);
    }));
  });

  it('only ever adds users as its share grows', () => {
    fc.assert(fc.property(name, fc.string(), percent, percent, (key, userId, a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)];
      if (isOnFor({ key, enabled: true, rolloutPercent: less }, userId)) expect(isOnFor({ key, enabled: true, rolloutPercent: more }, userId)).toBe(true);
    }));
  });

  it('reaches the share it names, within six standard deviations', () => {
    fc.assert(fc.property(name, percent, (key, rolloutPercent) => {
      const share = rolloutPercent / 100;
      const on = USERS.filter((userId) => isOnFor({ key, enabled: true, rolloutPercent }, userId)).length;
      expect(Math.abs(on / USERS.length - share)).toBeLessThanOrEqual(6 * Math.sqrt((share * (1 - share)) / USERS.length));
    }), { numRuns: 20 });
  });

  it('picks different users for different flags', () => {
    fc.assert(fc.property(name, name, (left, right) => {
      fc.pre(left !== right);
      const both = USERS.filter((userId) => bucketOf(left, userId) < 50 && bucketOf(right, userId) < 50).length;
      expect(Math.abs(both / USERS.length - 0.25)).toBeLessThanOrEqual(6 * Math.sqrt((0.25 * 0.75) / USERS.length));
    }), { numRuns: 10 });
  });
});
