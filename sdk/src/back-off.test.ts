import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BACK_OFF, waitMs } from './back-off.ts';

describe('back-off', () => {
  it.each([
    [1, 250], [2, 500], [3, 1_000], [7, 15_000], [1_000, 15_000],
  ])('after %i failures waits at most %i ms, any time below being as likely', (failures, boundMs) => {
    const bounded = (random: number): number => waitMs(failures, { ...DEFAULT_BACK_OFF, random: () => random });
    expect([bounded(0), bounded(0.5), bounded(1)]).toEqual([0, boundMs / 2, boundMs]);
  });
});
