// What this service hears and says on the bus, checked at the door.
//
//   in   market.candles   key instrument id   { instrumentId, interval, candles: [{ openTime, open, high, low, close, volume, source, final }] }
//   out  ai.forecasts     key instrument id   VolatilityForecastEvent, once per forecast that is new or was corrected

import type pg from 'pg';
import { z } from 'zod';
import { decimalToNumber, parseDecimal } from '@mib/model/decimal';
import { parseTimestamp, timestampToDate } from '@mib/model/timestamp';
import { writeOutbox } from '@mib/service/outbox';
import type { Forecast } from './domain/forecast.ts';
import { TRADING_DAYS_PER_YEAR } from './domain/log-har.ts';
import type { VolatilityView } from './domain/volatility-view.ts';
import { signalOf } from './domain/signal.ts';
import type { VolatilityManifest } from './registry/manifest.ts';
import { BAR_SOURCES, type StoredBar } from './store/daily-bars.ts';

export const CANDLES_TOPIC = 'market.candles';
export const FORECASTS_TOPIC = 'ai.forecasts';
export const OUTBOX_SCHEMA = 'ai';
/** Wakes the live side of every replica at commit; the payload is the id of an instrument's newest forecast. */
export const FORECAST_CHANNEL = 'ai_forecasts';

const candle = z.object({ openTime: z.string(), open: z.string(), high: z.string(), low: z.string(), close: z.string(), source: z.enum(BAR_SOURCES), final: z.boolean() });
const candleBatch = z.object({ instrumentId: z.string().min(1).max(64), interval: z.string(), candles: z.array(candle) });

export interface VolatilityForecastEvent {
  readonly kind: 'VolatilityForecast';
  readonly id: string;
  readonly instrumentId: string;
  readonly modelId: string;
  readonly horizon: 'D1';
  readonly asOf: string;
  /** Volatilities are annualised, as in the graph. */
  readonly annualisedVolatility: number;
  readonly lower: number;
  readonly upper: number;
  readonly baselineVolatility: number;
  readonly volatility: VolatilityView;
  readonly confidence: number;
  readonly synthetic: boolean;
  readonly pointInTime: boolean;
}

/** The final daily bars of a record. A bar without a logarithm (a price of zero or below) is left out, as oil had one. */
export function dailyBarsOf(value: string): StoredBar[] {
  const { instrumentId, interval, candles } = candleBatch.parse(JSON.parse(value));
  if (interval !== 'D1') return [];
  return candles.filter((each) => each.final && decimalToNumber(parseDecimal(each.low, 'low')) > 0).map(({ openTime, source, open, high, low, close }) => {
    for (const [name, price] of Object.entries({ open, high, close })) parseDecimal(price, name);
    return { instrumentId, openTimeMs: timestampToDate(parseTimestamp(openTime, 'openTime')).getTime(), source, open, high, low, close };
  });
}

/** Writes what to announce in the caller's transaction; `newestId` also goes to live subscribers, if it is among them. */
export async function announceForecasts(client: pg.PoolClient, manifest: VolatilityManifest, forecasts: readonly Forecast[], newestId: string | undefined): Promise<void> {
  await writeOutbox(client, OUTBOX_SCHEMA, FORECASTS_TOPIC, forecasts.map((forecast) => ({ key: forecast.instrumentId, value: JSON.stringify(eventOf(forecast, manifest)) })));
  if (newestId !== undefined && forecasts.some(({ id }) => id === newestId)) await client.query('select pg_notify($1, $2)', [FORECAST_CHANNEL, newestId]);
}

function eventOf(forecast: Forecast, manifest: VolatilityManifest): VolatilityForecastEvent {
  const { volatility, confidence } = signalOf(forecast, manifest);
  const annualised = (daily: number): number => daily * Math.sqrt(TRADING_DAYS_PER_YEAR);
  return {
    kind: 'VolatilityForecast', id: forecast.id, instrumentId: forecast.instrumentId, modelId: forecast.modelId, horizon: 'D1', asOf: new Date(forecast.asOfMs).toISOString(),
    annualisedVolatility: annualised(forecast.dailyVolatility), lower: annualised(forecast.lower), upper: annualised(forecast.upper), baselineVolatility: annualised(forecast.baselineVolatility),
    volatility, confidence, synthetic: forecast.synthetic, pointInTime: forecast.pointInTime,
  };
}
