import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NS_PER_SECOND, above, below, moves, printsOf, ruleOf } from '../testing/trades.ts';
import type { AlertRule, Condition, TradePrint } from './alert-rule.ts';
import { RuleBook } from './rule-book.ts';

/** Sequences of the trades that fire the rule. */
function firings(rule: AlertRule, trades: readonly TradePrint[]): number[] {
  return new RuleBook([rule]).observe(trades).firings.map(({ trade }) => trade.sequence);
}

describe('a price-cross rule', () => {
  it.each<[string, Condition, readonly number[], readonly number[]]>([
    ['arms on the first price below', above(100), [90], []],
    ['arms on the first price beyond, without firing', above(100), [110], []],
    ['fires on the transition', above(100), [90, 101], [2]],
    ['counts a touch as reached', above(100), [99, 100], [2]],
    ['does not fire again while it stays beyond', above(100), [90, 100, 105, 100], [2]],
    ['has to come back before it fires again', above(100), [90, 101, 99, 100], [2, 4]],
    ['a touch from beyond is not a return', above(100), [110, 100, 110], []],
    ['first beyond, then below, then beyond', above(100), [110, 99, 110], [3]],
    ['jumps over the level', above(100), [1, 2 ** 31 - 1], [2]],
    ['BELOW arms on the first price', below(100), [90], []],
    ['BELOW fires on the transition', below(100), [110, 99], [2]],
    ['BELOW counts a touch as reached', below(100), [101, 100], [2]],
    ['BELOW does not fire upwards', below(100), [90, 110], []],
    ['BELOW has to come back', below(100), [101, 100, 100, 101, 100], [2, 5]],
  ])('%s', (_, condition, prices, expected) => {
    expect(firings(ruleOf(condition), printsOf(prices))).toEqual(expected);
  });

  it('sees nothing up to its start: the trade there does not even arm it', () => {
    expect(firings(ruleOf(above(100), { startSequence: 2 }), printsOf([110, 90, 110, 90, 110]))).toEqual([5]);
  });

  it('looks at its own instrument only', () => {
    const foreign = printsOf([90, 110]).map((trade) => ({ ...trade, instrumentNumber: 2 }));
    expect(firings(ruleOf(above(100)), foreign)).toEqual([]);
  });

  it('passes over crosses within the cooldown and counts it in the time of the trades', () => {
    const prices = [90, 110, 90, 110, 90, 110, 90, 110];
    expect(firings(ruleOf(above(100), { cooldownSeconds: 40 }), printsOf(prices, 10))).toEqual([2, 6]);
    expect(firings(ruleOf(above(100), { cooldownSeconds: 41 }), printsOf(prices, 10))).toEqual([2, 8]);
    // The cross at 4 lay within the cooldown; that the price is still beyond when it ends fires nothing.
    expect(firings(ruleOf(above(100), { cooldownSeconds: 30 }), printsOf([90, 110, 90, 110, 120, 130, 140], 10))).toEqual([2]);
  });
});

describe('a percent-move rule', () => {
  it.each<[string, Condition, readonly number[], readonly number[]]>([
    ['measures from the first trade', moves(100, 60), [10_000, 10_099, 10_100], [3]],
    ['both ways', moves(100, 60), [10_000, 9_901, 9_900], [3]],
    ['measures anew from the trade that met it', moves(100, 60), [10_000, 10_100, 10_199, 10_200, 10_201], [2, 5]],
    ['begins anew after the window', moves(100, 20), [10_000, 10_050, 10_090, 10_100, 10_150, 10_201], [6]],
    ['the end of the window still belongs to it', moves(100, 20), [10_000, 10_000, 10_100], [3]],
    ['is exact where floats are not', moves(7, 60), [100_000, 100_069, 100_070], [3]],
  ])('%s', (_, condition, prices, expected) => {
    expect(firings(ruleOf(condition), printsOf(prices))).toEqual(expected);
  });
});

describe('any rule', () => {
  const prices = fc.array(fc.record({ priceTicks: fc.integer({ min: 1, max: 12 }), gapSeconds: fc.integer({ min: 0, max: 5 }) }), { maxLength: 60 });
  const condition = fc.oneof(
    fc.record({ kind: fc.constant('PRICE_CROSS' as const), direction: fc.constantFrom('ABOVE' as const, 'BELOW' as const), levelTicks: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('PERCENT_MOVE' as const), basisPoints: fc.integer({ min: 1, max: 20_000 }), windowSeconds: fc.integer({ min: 1, max: 12 }) }),
  );

  it('fires as its naive twin does, however the trades are cut into batches', () => {
    fc.assert(fc.property(condition, prices, fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 10 }), fc.integer({ min: 1, max: 7 }), (what, steps, cooldownSeconds, startSequence, batch) => {
      const rule = ruleOf(what, { cooldownSeconds, startSequence });
      const trades = printsOf(steps.map((step) => step.priceTicks), 0);
      let seconds = 0n;
      const timed = trades.map((trade, index) => ({ ...trade, timestampNs: trade.timestampNs + (seconds += BigInt(steps[index]!.gapSeconds)) * NS_PER_SECOND }));
      const book = new RuleBook([rule]);
      const found: number[] = [];
      for (let at = 0; at < timed.length; at += batch) found.push(...book.observe(timed.slice(at, at + batch)).firings.map(({ trade }) => trade.sequence));
      expect(found).toEqual(naiveFirings(rule, timed));
    }), { numRuns: 2_000 });
  });
});

/** The definitions of schema.graphql, word by word, with the whole past in hand and no state. */
function naiveFirings({ condition, cooldownSeconds, startSequence }: AlertRule, all: readonly TradePrint[]): number[] {
  const trades = all.filter((trade) => trade.sequence > startSequence);
  const candidates = condition.kind === 'PRICE_CROSS' ? trades.filter((trade, index) => index > 0 && crosses(condition, trades[index - 1]!.priceTicks, trade.priceTicks)) : naiveMoves(condition, trades);
  const fired: TradePrint[] = [];
  for (const trade of candidates) {
    const last = fired.at(-1);
    if (!last || Number(trade.timestampNs - last.timestampNs) / 1e9 >= cooldownSeconds) fired.push(trade);
  }
  return fired.map((trade) => trade.sequence);
}

function crosses({ direction, levelTicks }: Extract<Condition, { kind: 'PRICE_CROSS' }>, from: number, to: number): boolean {
  return direction === 'ABOVE' ? from < levelTicks && levelTicks <= to : from > levelTicks && levelTicks >= to;
}

function naiveMoves({ basisPoints, windowSeconds }: Extract<Condition, { kind: 'PERCENT_MOVE' }>, trades: readonly TradePrint[]): TradePrint[] {
  const met: TradePrint[] = [];
  for (let anchor = 0; anchor < trades.length; ) {
    const { priceTicks, timestampNs } = trades[anchor]!;
    const next = trades.findIndex((trade, index) => index > anchor && (Number(trade.timestampNs - timestampNs) / 1e9 > windowSeconds || isMove(priceTicks, trade.priceTicks)));
    if (next < 0) break;
    if (Number(trades[next]!.timestampNs - timestampNs) / 1e9 <= windowSeconds) met.push(trades[next]!);
    anchor = next;
  }
  return met;

  function isMove(from: number, to: number): boolean {
    return BigInt(Math.abs(to - from)) * 10_000n >= BigInt(basisPoints) * BigInt(from);
  }
}
