// Domain values in the graph's shapes: decimals and times as text.

import type { Decimal } from '@mib/model/decimal';
import { formatDecimal } from '@mib/model/decimal';
import { formatTimestamp, NS_PER_MS } from '@mib/model/timestamp';
import { vwapOf } from '../domain/candle.ts';
import type { CandleClock } from '../domain/candle-clock.ts';
import type { CandleView } from '../domain/stored-candle.ts';
import { isSynthetic } from '../domain/stored-candle.ts';
import type { IndicatorPoint } from '../domain/indicators/indicator-point.ts';
import { indicatorOf } from '../domain/indicators/catalog.ts';
import type { StoredTrade } from '../domain/stored-trade.ts';
import type { StoredWatchlist } from '../domain/watchlist.ts';
import type { Candle, IndicatorValue, PageInfo, TradePrint, TradePrintConnection, Watchlist } from '../generated/resolvers-types.ts';
import { cursorOf, cursorOfTrade } from './arguments.ts';

export function graphCandle(candle: CandleView, clock: CandleClock): Candle {
  return {
    instrument: { id: candle.instrumentId },
    interval: candle.interval,
    openTime: timeText(candle.openTimeMs),
    closeTime: timeText(clock.endOf(candle.interval, candle.openTimeMs)),
    open: decimalText(candle.open),
    high: decimalText(candle.high),
    low: decimalText(candle.low),
    close: decimalText(candle.close),
    volume: candle.volume && decimalText(candle.volume),
    trades: candle.trades,
    turnover: candle.turnover && decimalText(candle.turnover),
    vwap: averageText(candle),
    final: candle.final,
    revision: candle.revision,
    source: candle.source,
    synthetic: isSynthetic(candle.source),
  };
}

export function graphIndicator(point: IndicatorPoint, clock: CandleClock): IndicatorValue {
  const { instrumentId, interval, spec, openTimeMs, final, synthetic, values } = point;
  return {
    instrument: { id: instrumentId },
    kind: spec.kind,
    interval,
    openTime: timeText(openTimeMs),
    at: timeText(clock.endOf(interval, openTimeMs)),
    ready: values !== null,
    final,
    synthetic,
    components: indicatorOf(spec).components.map((name, index) => ({ name, value: values?.[index] ?? null })),
  };
}

export function graphWatchlist({ id, name, instrumentIds }: StoredWatchlist): Watchlist {
  return { id, name, items: instrumentIds.map((instrumentId) => ({ id: instrumentId })) };
}

/** @param read - newest first, one more than `size` when there is a next page. */
export function graphTrades(read: readonly StoredTrade[], size: number, isLater: boolean): TradePrintConnection {
  const edges = read.slice(0, size).map((trade) => ({ cursor: cursorOfTrade(trade), node: graphTrade(trade) }));
  return { edges, pageInfo: { hasNextPage: read.length > size, hasPreviousPage: isLater, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null } };
}

function graphTrade({ instrumentId, timeNs, price, quantity, side, source, sequence }: StoredTrade): TradePrint {
  return {
    instrument: { id: instrumentId }, at: formatTimestamp(timeNs), price: decimalText(price), quantity: decimalText(quantity),
    aggressor: side === 0 ? null : side > 0 ? 'BUY' : 'SELL', source, sequence: String(sequence), synthetic: isSynthetic(source),
  };
}

/**
 * A page of a series that is newest first.
 *
 * @param read - one more than `size` when there is a next page.
 */
export function graphPage<T extends { readonly openTimeMs: number }, N>(read: readonly T[], size: number, after: number | null, nodeOf: (value: T) => N): { edges: { cursor: string; node: N }[]; pageInfo: PageInfo } {
  const edges = read.slice(0, size).map((value) => ({ cursor: cursorOf(value.openTimeMs), node: nodeOf(value) }));
  return {
    edges,
    pageInfo: { hasNextPage: read.length > size, hasPreviousPage: after !== null, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
  };
}

export function timeText(timeMs: number): string {
  return formatTimestamp(BigInt(timeMs) * NS_PER_MS);
}

/** Without trailing zeros, so that a live candle reads like the same one from the store. */
export function decimalText(value: Decimal): string {
  const text = formatDecimal(value);
  return value.scale === 0 ? text : text.replace(/\.?0+$/, '');
}

function averageText(candle: CandleView): string | null {
  const average = vwapOf(candle);
  return average && decimalText(average);
}
