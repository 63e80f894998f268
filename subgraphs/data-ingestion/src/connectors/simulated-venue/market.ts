// One instrument as the simulated venue runs it: its order flow in ticks, its commands in the engine's words.

import { decimalToNumber, parseDecimal } from '@mib/model/decimal';
import type { EngineCommand } from '@mib/proto/engine-client';
import type { Instrument } from '../../domain/instrument.ts';
import { MIN_FAIR_TICKS, OrderFlow, type FlowCommand } from '../../domain/order-flow.ts';
import { createRandom, mixSeed } from '../../domain/random.ts';
import { dailyVolatility } from '../../domain/volatility.ts';

/** Venue participants of the engine: one shows the ladder, the other takes from it, so no trade is with itself. */
export const MAKER_ACCOUNT = 1;
export const TAKER_ACCOUNT = 2;

export interface Market {
  readonly instrument: Instrument;
  readonly flow: OrderFlow;
}

export interface MarketOptions {
  readonly instrument: Instrument;
  /** Daily closes, oldest first. */
  readonly closes: readonly string[];
  /** Where the engine traded last; the flow goes on from there, else from the last close. */
  readonly lastTradeTicks: number | null;
  readonly commandsPerSecond: number;
  readonly seed: number;
  /** The engine's event sequence now: a restart goes on with fresh randomness, a replay with the same. */
  readonly eventSequence: number;
}

/** @returns undefined when history says too little or the price is too few ticks. */
export function openMarket(options: MarketOptions): Market | undefined {
  const { instrument, lastTradeTicks, commandsPerSecond } = options;
  const closes = options.closes.map(Number);
  const volatility = dailyVolatility(closes);
  const tickSize = decimalToNumber(parseDecimal(instrument.tickSize));
  const fairTicks = lastTradeTicks ?? (closes.at(-1) ?? 0) / tickSize;
  if (volatility === undefined || fairTicks < MIN_FAIR_TICKS) return undefined;
  const lotValue = fairTicks * tickSize * decimalToNumber(parseDecimal(instrument.lotSize));
  const random = createRandom(mixSeed(options.seed, instrument.number, options.eventSequence));
  return { instrument, flow: new OrderFlow({ fairTicks, dailyVolatility: volatility, commandsPerSecond, lotValue, random }) };
}

export function toEngineCommand(instrumentNumber: number, command: FlowCommand): EngineCommand {
  if (command.kind === 'level') {
    return { kind: 'SetVenueLevel', accountNumber: MAKER_ACCOUNT, instrumentNumber, side: command.side, priceTicks: command.priceTicks, quantityLots: command.lots };
  }
  return {
    kind: 'PlaceOrder',
    accountNumber: TAKER_ACCOUNT,
    clientOrderId: 'simulated',
    instrumentNumber,
    side: command.side,
    type: 'LIMIT',
    tif: 'IOC',
    limitPriceTicks: command.limitTicks,
    quantityLots: command.lots,
  };
}
