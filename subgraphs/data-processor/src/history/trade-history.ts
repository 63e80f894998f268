// Trades by pages, newest first, whether they are still in PostgreSQL or in a file already. Rows and manifest are read in
// one snapshot of the database, so a trade that moves meanwhile is seen once: in its row, or in its file.

import path from 'node:path';
import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { timeMsOf } from '../domain/candle.ts';
import type { StoredTrade } from '../domain/stored-trade.ts';
import { compareTrades } from '../domain/stored-trade.ts';
import type { Partition } from '../store/partitions.ts';
import { partitionsOf } from '../store/partitions.ts';
import type { TradeRange, TradeRow } from '../store/trade-rows.ts';
import { MAX_NS, MIN_NS, readRecentTrades, TRADE_COLUMNS, tradeOfRow } from '../store/trade-rows.ts';
import type { Duck } from './duck.ts';
import { literal } from './duck.ts';
import type { Readers } from './readers.ts';
import type { RowBudget } from './row-budget.ts';

export interface HistoryOptions {
  readonly pool: pg.Pool;
  readonly duck: Duck;
  readonly directory: string;
  readonly readers: Readers;
  readonly budget: RowBudget;
}

export class TradeHistory {
  readonly #options: HistoryOptions;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** At most `range.limit` trades, newest first. */
  page(instrumentId: string, range: TradeRange): Promise<StoredTrade[]> {
    const { budget, readers } = this.#options;
    return budget.run(range.limit, () => readers.run(async () => {
      const beforeNs = range.after === null ? (range.beforeNs ?? MAX_NS) : smaller(range.beforeNs ?? MAX_NS, range.after.timeNs + 1n);
      const [recent, files] = await snapshot(this.#options.pool, async (client) => [
        await readRecentTrades(client, instrumentId, range),
        await partitionsOf(client, [instrumentId], 'trades', timeMsOf(range.fromNs ?? MIN_NS), timeMsOf(beforeNs)),
      ] as const);
      let found = recent;
      for (const wave of waves(files)) {
        if (found.length >= range.limit && timeMsOf(found[range.limit - 1]!.timeNs) > wave[0]!.maxTimeMs) break;
        found = [...found, ...(await this.#archived(wave, instrumentId, range))].sort(compareTrades).slice(0, range.limit);
      }
      return found;
    }));
  }

  async #archived(files: readonly Partition[], instrumentId: string, { fromNs, beforeNs, after, source, limit }: TradeRange): Promise<StoredTrade[]> {
    const { duck, directory } = this.#options;
    const rows = await duck.rows<TradeRow>(
      `select ${TRADE_COLUMNS.join(', ')} from read_parquet([${files.map((each) => literal(path.join(directory, each.file))).join(', ')}])
       where instrument_id = $instrument and time_ns >= $from and time_ns < $before and ($source = '' or source = $source)
         and time_ns <= $time and (time_ns < $time or sequence < $sequence or (sequence = $sequence and origin < $origin))
       order by time_ns desc, sequence desc, origin desc limit ${limit}`,
      {
        instrument: instrumentId, from: fromNs ?? MIN_NS, before: beforeNs ?? MAX_NS, source: source ?? '',
        time: after?.timeNs ?? MAX_NS, sequence: after?.sequence ?? MAX_NS, origin: after?.origin ?? '',
      },
    );
    return rows.map(tradeOfRow);
  }
}

/** Files in groups of 1, 2, 4 ..., newest first: most pages need one file, none needs as many questions as files. */
function* waves(files: readonly Partition[]): Generator<readonly Partition[]> {
  for (let [from, size] = [0, 1]; from < files.length; from += size, size *= 2) yield files.slice(from, from + size);
}

/** Reads that all see the database at one moment. */
export function snapshot<T>(pool: pg.Pool, read: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read, read only');
    return read(client);
  });
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
