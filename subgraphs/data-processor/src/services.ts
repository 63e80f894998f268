// What lives as long as the process and every request shares.

import type pg from 'pg';
import type { PrismaClient } from '@mib/prisma/client';
import type { LiveTopic } from '@mib/service/pubsub';
import type { CandleClocks } from './domain/candle-clock.ts';
import type { CandleView } from './domain/stored-candle.ts';
import type { History } from './history/open-history.ts';
import type { Screener } from './streams/screener.ts';
import type { WarmIndicators } from './streams/warm-indicators.ts';

export interface Services {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Live candles as they change. */
  readonly candles: LiveTopic<CandleView>;
  readonly indicators: WarmIndicators;
  readonly screener: Screener;
  /** Candles and trades of all times. */
  readonly history: Pick<History, 'candles' | 'trades'>;
  readonly clocks: CandleClocks;
}
