import { describe, expect, it } from '@jest/globals';
import { qualityScore } from './quality-score.ts';

const FAULTLESS = { messages: 100_000, rejectedMessages: 0, badPrints: 0, checksumFailures: 0, gapsDetected: 0, schemaDrifts: 0, state: 'LIVE' } as const;

describe('the quality of a source', () => {
  it('is 1 without a fault', () => expect(qualityScore(FAULTLESS)).toBe(1));

  it.each([
    ['one bad print in a thousand', { badPrints: 100 }], ['one refused in a hundred', { rejectedMessages: 1_000 }], ['one failed checksum in ten thousand', { checksumFailures: 10 }], ['being silent', { state: 'STALE' as const }],
  ])('is halved by %s', (_, faults) => expect(qualityScore({ ...FAULTLESS, ...faults })).toBeCloseTo(0.5, 12));

  it('falls with every fault, never to nothing', () => {
    const scores = [0, 1, 10, 100_000].map((badPrints) => qualityScore({ ...FAULTLESS, badPrints, schemaDrifts: badPrints > 0 ? 1 : 0 }));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores.at(-1)).toBeGreaterThan(0);
  });

  it('forgives a young source its first fault', () => expect(qualityScore({ ...FAULTLESS, messages: 3, rejectedMessages: 1 })).toBeGreaterThan(0.9));
});
