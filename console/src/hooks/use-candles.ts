// Candles of one instrument on a chart's series: history first, then every change live. The series is written directly,
// since each change of each candle counts and React would only pass on the last of a batch.

import { useState } from 'react';
import type { CandlestickData, ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import type { Client } from '@mib/sdk/client';
import type { CandleFieldsFragment } from '@mib/sdk/generated/operations';
import type { Instrument } from './use-market.ts';
import { useTask, type Task } from './use-task.ts';

export const INTERVALS = { M1: 60, M5: 300, M15: 900, H1: 3_600, D1: 86_400 } as const;
export type ChartInterval = keyof typeof INTERVALS;

export interface Candles extends Task {
  readonly last: CandleFieldsFragment | undefined;
}

const HISTORY = 500;

export function useCandles(options: { readonly client: Client; readonly instrument: Instrument; readonly interval: ChartInterval; readonly series: ISeriesApi<'Candlestick'> | undefined }): Candles {
  const { client, instrument, interval, series } = options;
  const [last, setLast] = useState<CandleFieldsFragment>();
  const task = useTask(async (signal) => {
    if (!series) return;
    series.setData([]);
    setLast(undefined);
    let newest = await load(signal, series);
    for await (const { candleUpdated: candle } of client.candleUpdated({ instrumentId: instrument.id, interval }, { signal })) {
      const time = secondsOf(candle);
      // A connection may have been lost for longer than a candle, and an old candle may have been revised.
      if (newest !== undefined && (time > newest + INTERVALS[interval] || time < newest)) newest = await load(signal, series);
      if (newest !== undefined && time < newest) continue;
      series.update(barOf(candle));
      newest = time;
      setLast(candle);
    }
  }, [client, instrument.id, interval, series]);

  async function load(signal: AbortSignal, onto: ISeriesApi<'Candlestick'>): Promise<number | undefined> {
    const page = await client.candles({ symbol: instrument.symbol, venue: instrument.venue.id, interval, first: HISTORY }, { signal });
    const candles = (page.instrument?.candles?.edges ?? []).map(({ node }) => node).reverse();
    onto.setData(candles.map(barOf));
    const newest = candles.at(-1);
    setLast(newest);
    return newest && secondsOf(newest);
  }
  return { last, ...task };
}

function secondsOf({ openTime }: CandleFieldsFragment): number {
  return Date.parse(openTime) / 1_000;
}

/** Floats are good enough for pixels. */
function barOf(candle: CandleFieldsFragment): CandlestickData<UTCTimestamp> {
  return { time: secondsOf(candle) as UTCTimestamp, open: Number(candle.open), high: Number(candle.high), low: Number(candle.low), close: Number(candle.close) };
}
