import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { barSeriesOf } from '../indicators/indicator-point.ts';
import { changeBetween, Screen, type ScreenMember } from './screen.ts';
import { parseScreen, type ScreenInput } from './screen-spec.ts';

const DAY_MS = 86_400_000;
const INPUT: ScreenInput = {
  interval: 'D1',
  conditions: [
    { left: { metric: 'CLOSE' }, comparison: 'ABOVE', right: { indicator: { kind: 'SMA', period: 3 } } },
    { left: { indicator: { kind: 'BBANDS', period: 3 }, component: 'upper' }, comparison: 'AT_LEAST', right: { value: 5 } },
  ],
  rankBy: { metric: 'CHANGE_PERCENT' },
  limit: 4,
};
const IDS = ['A', 'B', 'C', 'D', 'E', 'F'];
const events = fc.array(fc.record({ id: fc.constantFrom(...IDS), close: fc.integer({ min: 1, max: 20 }), next: fc.boolean() }), { maxLength: 80 });

describe('a screen', () => {
  it('kept up to date bar by bar is the screen made anew, and its changes add up to it', () => {
    fc.assert(fc.property(events, (changes) => {
      const closes = new Map(IDS.map((id, index) => [id, [10, 11, 9 + index, 10]]));
      const screen = new Screen(parseScreen(INPUT));
      for (const id of IDS) screen.load(seriesOf(id, closes.get(id)!));
      let known: ScreenMember[] = [];
      let heard: ScreenMember[] = [];
      for (const { id, close, next } of [...changes, { id: 'A', close: 12, next: false }]) {
        const own = closes.get(id)!;
        if (next) own.push(close);
        else own[own.length - 1] = close;
        expect(screen.apply(id, bar(own.length - 1, close), false)).toBe(true);
        const fresh = new Screen(parseScreen(INPUT));
        for (const each of IDS) fresh.load(seriesOf(each, closes.get(each)!));
        const members = screen.members();
        expect(members).toEqual(fresh.members());
        const change = changeBetween(known, members);
        const gone = new Set([...(change?.left ?? []), ...(change?.moved ?? []).map((member) => member.instrumentId)]);
        heard = [...heard.filter((member) => !gone.has(member.instrumentId)), ...(change?.entered ?? []), ...(change?.moved ?? [])].sort((a, b) => a.rank - b.rank);
        expect(heard.map(({ instrumentId, rank }) => [instrumentId, rank])).toEqual(members.map(({ instrumentId, rank }) => [instrumentId, rank]));
        known = members;
      }
    }), { numRuns: 40 });
  });

  it('has no change while only figures move', () => {
    const members = [{ instrumentId: 'A', rank: 1, value: 2 }];
    expect(changeBetween(members, [{ instrumentId: 'A', rank: 1, value: 3 }])).toBeNull();
  });

  it('leaves out what is not ready, asks to load what went back, and keeps history before live', () => {
    const screen = new Screen(parseScreen({ ...INPUT, limit: null }));
    screen.load(seriesOf('A', [10, 12]));
    expect(screen.members()).toEqual([]);
    expect(screen.apply('A', bar(0, 11), false)).toBe(false);
    expect(screen.apply('Z', bar(0, 11), false)).toBe(false);
    screen.load(seriesOf('A', [10, 10, 12]));
    expect(screen.apply('A', bar(2, 1), true)).toBe(true);
    expect(screen.members()).toMatchObject([{ instrumentId: 'A', rank: 1 }]);
  });

  it.each<[Partial<ScreenInput>, string]>([
    [{ conditions: [] }, 'conditions must be 1..8, was 0'],
    [{ limit: 501 }, 'limit must be 1..500, was 501'],
    [{ rankBy: {} }, 'an operand must have one of metric, indicator and value, was 0'],
    [{ rankBy: { metric: 'CLOSE', value: 1 } }, 'an operand must have one of metric, indicator and value, was 2'],
    [{ rankBy: { indicator: { kind: 'SMA' }, component: 'upper' } }, 'component of SMA must be one of value, was "upper"'],
    [{ rankBy: { metric: 'CLOSE', component: 'upper' } }, 'component belongs to an indicator: leave it out, was "upper"'],
  ])('refuses %j', (input, message) => {
    expect(() => parseScreen({ ...INPUT, ...input })).toThrow(message);
  });
});

function seriesOf(instrumentId: string, closes: readonly number[]) {
  return barSeriesOf({ instrumentId, interval: 'D1', watermarkNs: 0n, rows: closes.map((close, index) => ({ ...bar(index, close), source: 'HISTORY' as const })) });
}

function bar(day: number, close: number) {
  return { openTimeMs: day * DAY_MS, open: close, high: close + 1, low: close - 1, close, volume: 1 };
}
