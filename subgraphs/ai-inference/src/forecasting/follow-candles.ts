// Daily candles of the bus become forecasts. Repeated delivery is harmless, as forecasts are keyed by what they are about.

import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import { CANDLES_TOPIC, dailyBarsOf } from '../events.ts';
import type { StoredBar } from '../store/daily-bars.ts';
import type { Telemetry } from '../telemetry.ts';
import type { Forecaster } from './forecaster.ts';

const GROUP = 'ai-inference';
/** Records of one transaction; each holds up to 500 candles. */
const BATCH_RECORDS = 20;

export async function followCandles(bus: EventBus, forecaster: Pick<Forecaster, 'apply'>, telemetry: Telemetry): Promise<BusSubscription> {
  await bus.ensureTopic(CANDLES_TOPIC);
  return bus.subscribe({
    topics: [CANDLES_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: BATCH_RECORDS,
    async handle(records) {
      const bars = oneADay(records.flatMap(({ value }) => dailyBarsOf(value)));
      if (bars.length === 0) return;
      telemetry.forecast(await forecaster.apply(bars), bars.length);
    },
  });
}

/** The last word on each day; HISTORY outranks LIVE. */
export function oneADay(bars: readonly StoredBar[]): StoredBar[] {
  const days = new Map<string, StoredBar>();
  for (const bar of bars) {
    const key = `${bar.instrumentId} ${bar.openTimeMs}`;
    if (!(days.get(key)?.source === 'HISTORY' && bar.source === 'LIVE')) days.set(key, bar);
  }
  return [...days.values()];
}
