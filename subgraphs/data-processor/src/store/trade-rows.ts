// Recent trades as rows of PostgreSQL: written in the transaction that takes them into candles, read by pages.

import type pg from 'pg';
import type { StoredTrade, TradePosition } from '../domain/stored-trade.ts';
import { storedUnits } from '../domain/stored-trade.ts';

export interface TradeRow {
  readonly instrument_id: string;
  readonly source: StoredTrade['source'];
  readonly origin: string;
  readonly time_ns: string | bigint;
  readonly sequence: string | bigint;
  readonly price_units: string | bigint;
  readonly price_scale: number;
  readonly quantity_units: string | bigint;
  readonly quantity_scale: number;
  readonly side: number;
}

/** In the order of the table, which partitions share. */
export const TRADE_COLUMNS = ['instrument_id', 'source', 'origin', 'time_ns', 'sequence', 'price_units', 'price_scale', 'quantity_units', 'quantity_scale', 'side'] as const;

/** `from` inclusive and `before` exclusive, nanoseconds; `after` is the last trade of the page before. */
export interface TradeRange {
  readonly fromNs: bigint | null;
  readonly beforeNs: bigint | null;
  readonly after: TradePosition | null;
  readonly source: StoredTrade['source'] | null;
  readonly limit: number;
}

const TYPES = ['text', 'text', 'text', 'bigint', 'bigint', 'bigint', 'smallint', 'bigint', 'smallint', 'smallint'];
const INSERT = `insert into processor.trades (${TRADE_COLUMNS.join(', ')}) select * from unnest(${TYPES.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})`;

/** The caller knows that none of them is there already. */
export async function writeTrades(client: pg.ClientBase, trades: readonly StoredTrade[]): Promise<void> {
  if (trades.length === 0) return;
  const prices = trades.map((trade) => storedUnits(trade.price, 'price'));
  const quantities = trades.map((trade) => storedUnits(trade.quantity, 'quantity'));
  await client.query(INSERT, [
    trades.map((trade) => trade.instrumentId), trades.map((trade) => trade.source), trades.map((trade) => trade.origin),
    trades.map((trade) => trade.timeNs), trades.map((trade) => trade.sequence),
    prices.map((price) => price.units), prices.map((price) => price.scale), quantities.map((quantity) => quantity.units), quantities.map((quantity) => quantity.scale),
    trades.map((trade) => trade.side),
  ]);
}

/** Newest first. */
export async function readRecentTrades(client: pg.ClientBase, instrumentId: string, { fromNs, beforeNs, after, source, limit }: TradeRange): Promise<StoredTrade[]> {
  const { rows } = await client.query<TradeRow>(
    `select ${TRADE_COLUMNS.join(', ')} from processor.trades
     where instrument_id = $1 and time_ns >= $2 and time_ns < $3 and ($4::text is null or source = $4)
       and ($5::bigint is null or (time_ns, sequence, origin) < ($5, $6::bigint, $7::text collate "C"))
     order by time_ns desc, sequence desc, origin collate "C" desc limit $8`,
    [instrumentId, fromNs ?? MIN_NS, beforeNs ?? MAX_NS, source, after?.timeNs ?? null, after?.sequence ?? null, after?.origin ?? null, limit],
  );
  return rows.map(tradeOfRow);
}

/** Of 64 bits: years 1677 to 2262. */
export const MIN_NS = -(2n ** 63n);
export const MAX_NS = 2n ** 63n - 1n;

export function tradeOfRow(row: TradeRow): StoredTrade {
  return {
    instrumentId: row.instrument_id, source: row.source, origin: row.origin, timeNs: BigInt(row.time_ns), sequence: BigInt(row.sequence),
    price: { units: BigInt(row.price_units), scale: row.price_scale }, quantity: { units: BigInt(row.quantity_units), scale: row.quantity_scale }, side: row.side,
  };
}
