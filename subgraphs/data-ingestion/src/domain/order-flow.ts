// The order flow of one instrument on the simulated venue: synthetic, seeded, pure. A fair price walks at random with the
// history's own volatility and no drift; a ladder of levels follows it, some of its levels are refreshed, and now and then
// an order takes liquidity and prints a trade.
//
//        bids  anchor-1  anchor │ anchor+1  anchor+2  asks        prices are multiples of one grid step
//                               fair            the ladder moves when fair leaves the gap by more than SLACK_STEPS
//
// Everything is a level with a quantity, so nothing can pile up: at most 2 * LADDER_LEVELS of them rest.

import type { Side } from '@mib/model/trading';
import { nextInteger, nextNormal, type Random } from './random.ts';
import { stepVolatility } from './volatility.ts';

export type FlowCommand =
  /** Shows `lots` at a price, 0 withdraws it. */
  | { readonly kind: 'level'; readonly side: Side; readonly priceTicks: number; readonly lots: number }
  /** An immediate-or-cancel order. */
  | { readonly kind: 'take'; readonly side: Side; readonly limitTicks: number; readonly lots: number };

export interface FlowOptions {
  /** Where the fair price begins. */
  readonly fairTicks: number;
  /** Standard deviation of one day's logarithmic return. */
  readonly dailyVolatility: number;
  readonly commandsPerSecond: number;
  /** Value of one lot at the beginning, in whole currency units; it sizes the levels. */
  readonly lotValue: number;
  readonly random: Random;
}

/** Levels a side. */
export const LADDER_LEVELS = 8;
/** Distance of two levels: two basis points, at least a tick. */
const STEP_SHARE = 0.0002;
/** Value that the best level shows on average. */
const LEVEL_VALUE = 200_000;
const MIN_LEVEL_LOTS = 10;
const MAX_LEVEL_LOTS = 10_000;
/** How far fair may leave the gap, in steps, before the ladder follows: it keeps the ladder from flickering. */
const SLACK_STEPS = 0.3;
/** One in so many commands takes liquidity. */
const TAKE_SHARE = 0.3;
/** A taking order is at most this part of a level. */
const TAKE_LEVEL_SHARE = 0.2;
/** Steps behind the best price that a taking order still accepts. */
const TAKE_DEPTH_STEPS = 2;
/** Half of the refreshes are of the best levels, the others of any. */
const BEST_REFRESH_SHARE = 0.5;
/** Commands saved up while nothing could be sent. */
const MAX_BUDGET_SECONDS = 2;
const MAX_PRICE_TICKS = 2 ** 31 - 1;

export class OrderFlow {
  readonly #options: FlowOptions;
  readonly #stepTicks: number;
  readonly #levelLots: number;
  #fairTicks: number;
  /** The best bid in grid steps; the best ask is one above. */
  #anchor: number;
  #budget = 0;

  constructor(options: FlowOptions) {
    this.#options = options;
    this.#stepTicks = Math.max(1, Math.round(options.fairTicks * STEP_SHARE));
    this.#levelLots = Math.min(MAX_LEVEL_LOTS, Math.max(MIN_LEVEL_LOTS, Math.round(LEVEL_VALUE / options.lotValue)));
    this.#fairTicks = this.#withinBounds(options.fairTicks);
    this.#anchor = Math.floor(this.#fairTicks / this.#stepTicks);
  }

  get fairTicks(): number {
    return this.#fairTicks;
  }

  /** Levels that should rest now, best first. */
  ladder(side: Side): readonly number[] {
    return Array.from({ length: LADDER_LEVELS }, (_, depth) => this.#levelTicks(side, depth, this.#anchor));
  }

  /** Takes over a book: withdraws whatever of `resting` (prices by side) is not of the ladder, then shows all of it. */
  establish(resting: Readonly<Record<Side, readonly number[]>>): FlowCommand[] {
    const show = (side: Side): FlowCommand[] => this.ladder(side).map((priceTicks, depth) => ({ kind: 'level', side, priceTicks, lots: this.#lotsAt(depth) }));
    const hide = (side: Side): FlowCommand[] => {
      const kept = new Set(this.ladder(side));
      return resting[side].filter((priceTicks) => !kept.has(priceTicks)).map((priceTicks) => ({ kind: 'level', side, priceTicks, lots: 0 }));
    };
    return [...hide('BUY'), ...hide('SELL'), ...show('BUY'), ...show('SELL')];
  }

  /** Everything the ladder shows, withdrawn. */
  withdraw(): FlowCommand[] {
    return (['BUY', 'SELL'] as const).flatMap((side) => this.ladder(side).map((priceTicks): FlowCommand => ({ kind: 'level', side, priceTicks, lots: 0 })));
  }

  /** Lets `seconds` go by. */
  step(seconds: number): FlowCommand[] {
    this.#walk(seconds);
    const { commandsPerSecond, random } = this.#options;
    this.#budget = Math.min(this.#budget + seconds * commandsPerSecond, MAX_BUDGET_SECONDS * commandsPerSecond);
    const commands = this.#follow();
    this.#budget -= commands.length;
    for (; this.#budget >= 1; this.#budget -= 1) commands.push(random() < TAKE_SHARE ? this.#take() : this.#refresh());
    return commands;
  }

  /** A geometric random walk whose expectation stays where it is. */
  #walk(seconds: number): void {
    const sigma = stepVolatility(this.#options.dailyVolatility, seconds);
    this.#fairTicks = this.#withinBounds(this.#fairTicks * Math.exp(sigma * nextNormal(this.#options.random) - (sigma * sigma) / 2));
  }

  /** Moves the ladder: first away from the price on the side it approaches, then after it on the other. */
  #follow(): FlowCommand[] {
    const position = this.#fairTicks / this.#stepTicks;
    if (position >= this.#anchor - SLACK_STEPS && position <= this.#anchor + 1 + SLACK_STEPS) return [];
    const before = this.#anchor;
    this.#anchor = Math.floor(position);
    const [first, second]: readonly [Side, Side] = this.#anchor > before ? ['SELL', 'BUY'] : ['BUY', 'SELL'];
    return [...this.#shift(first, before), ...this.#shift(second, before)];
  }

  #shift(side: Side, before: number): FlowCommand[] {
    const old = Array.from({ length: LADDER_LEVELS }, (_, depth) => this.#levelTicks(side, depth, before));
    const now = this.ladder(side);
    const shown = now.flatMap((priceTicks, depth): FlowCommand[] => (old.includes(priceTicks) ? [] : [{ kind: 'level', side, priceTicks, lots: this.#lotsAt(depth) }]));
    const hidden = old.filter((priceTicks) => !now.includes(priceTicks)).map((priceTicks): FlowCommand => ({ kind: 'level', side, priceTicks, lots: 0 }));
    return [...shown, ...hidden];
  }

  #refresh(): FlowCommand {
    const { random } = this.#options;
    const side: Side = random() < 0.5 ? 'BUY' : 'SELL';
    const depth = random() < BEST_REFRESH_SHARE ? 0 : nextInteger(random, 0, LADDER_LEVELS - 1);
    return { kind: 'level', side, priceTicks: this.#levelTicks(side, depth, this.#anchor), lots: this.#lotsAt(depth) };
  }

  #take(): FlowCommand {
    const { random } = this.#options;
    const side: Side = random() < 0.5 ? 'BUY' : 'SELL';
    const limitTicks = this.#levelTicks(side === 'BUY' ? 'SELL' : 'BUY', TAKE_DEPTH_STEPS, this.#anchor);
    return { kind: 'take', side, limitTicks, lots: nextInteger(random, 1, Math.max(1, Math.round(this.#levelLots * TAKE_LEVEL_SHARE))) };
  }

  #levelTicks(side: Side, depth: number, anchor: number): number {
    return (side === 'BUY' ? anchor - depth : anchor + 1 + depth) * this.#stepTicks;
  }

  /** Half to one and a half times the average, more behind the best price. */
  #lotsAt(depth: number): number {
    return Math.max(1, Math.round(this.#levelLots * (1 + depth / 4) * (0.5 + this.#options.random())));
  }

  /** Keeps every level of the ladder a valid price. */
  #withinBounds(ticks: number): number {
    const lowest = (LADDER_LEVELS + 1) * this.#stepTicks;
    return Math.min(Math.max(ticks, lowest), MAX_PRICE_TICKS - lowest);
  }
}

/** The lowest price whose ladder fits above zero; below it an instrument cannot be simulated. */
export const MIN_FAIR_TICKS = 2 * LADDER_LEVELS;
