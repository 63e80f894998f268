// The history as one thing to open: its folder, the columnar engine over it, what reads it and what writes it.

import path from 'node:path';
import type pg from 'pg';
import type { Logger } from '@mib/service/logger';
import type { CandleClocks } from '../domain/candle-clock.ts';
import { MAX_ROWS_PER_READ } from '../store/candle-series.ts';
import type { Telemetry } from '../telemetry.ts';
import { Archiver } from './archiver.ts';
import { CandleHistory } from './candle-history.ts';
import { Duck } from './duck.ts';
import { Readers } from './readers.ts';
import { RowBudget } from './row-budget.ts';
import { TradeHistory } from './trade-history.ts';

export interface History extends AsyncDisposable {
  readonly candles: CandleHistory;
  readonly trades: TradeHistory;
  readonly archiver: Archiver;
}

export interface OpenHistoryOptions {
  readonly pool: pg.Pool;
  readonly directory: string;
  readonly clocks: CandleClocks;
  readonly logger: Logger;
  readonly telemetry: Pick<Telemetry, 'rowsArchived'>;
  readonly now: () => number;
}

/** Opens nothing yet but for objects; the archiver starts with `archiver.start()`. */
export function openHistory({ directory: given, ...options }: OpenHistoryOptions): History {
  const directory = path.resolve(given);
  const duck = new Duck(directory);
  const shared = { ...options, directory, duck, readers: new Readers(), budget: new RowBudget(MAX_ROWS_PER_READ) };
  const archiver = new Archiver(shared);
  return {
    candles: new CandleHistory(shared),
    trades: new TradeHistory(shared),
    archiver,
    async [Symbol.asyncDispose]() {
      await archiver[Symbol.asyncDispose]();
      await duck[Symbol.asyncDispose]();
    },
  };
}
