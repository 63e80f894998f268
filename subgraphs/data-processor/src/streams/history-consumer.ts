// Follows the bus: instruments and corporate actions into their tables, imported bars and ticks into candles. All are safe
// to deliver again: the tables by their ids, bars and ticks by the partition's offset, stored in the transaction that
// applies them, and ticks by their rows in the file as well.

import type pg from 'pg';
import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import { inTransaction } from '@mib/service/database';
import type { CandleClocks } from '../domain/candle-clock.ts';
import { ACTIONS_TOPIC, BARS_TOPIC, INSTRUMENTS_TOPIC, TICKS_TOPIC, barBatchOf, corporateActionOf, instrumentOf, tickBatchOf } from '../events.ts';
import type { ArchivedCandles } from '../store/archived-candles.ts';
import { busStream } from '../store/checkpoints.ts';
import { applyBars } from '../store/history-store.ts';
import { addCorporateActions } from '../store/corporate-actions.ts';
import { addInstruments, readCalendars } from '../store/instrument-directory.ts';
import { applyTicks } from '../store/ticks-store.ts';
import type { Telemetry } from '../telemetry.ts';

export interface HistoryConsumer extends AsyncDisposable {
  /** What stops a partition, or undefined. */
  readonly problem: string | undefined;
}

export interface HistoryConsumerOptions {
  readonly bus: EventBus;
  readonly pool: pg.Pool;
  readonly archive: ArchivedCandles;
  /** Kept up to date with the calendars of instruments. */
  readonly clocks: CandleClocks;
  /** Called with each instrument whose candles have changed. */
  readonly onChange: (instrumentId: string) => void;
  readonly telemetry: Telemetry;
}

const GROUP = 'data-processor';
/** Of up to 500 bars each: bounds a transaction to 10,000 bars. */
const BAR_RECORDS_PER_BATCH = 20;
/** Of up to 5,000 ticks each: bounds a transaction to 40,000 ticks. */
const TICK_RECORDS_PER_BATCH = 8;

export async function startHistoryConsumer({ bus, pool, archive, clocks, onChange, telemetry }: HistoryConsumerOptions): Promise<HistoryConsumer> {
  for (const topic of [INSTRUMENTS_TOPIC, ACTIONS_TOPIC, BARS_TOPIC, TICKS_TOPIC]) await bus.ensureTopic(topic);
  for (const { id, calendar } of await readCalendars(pool)) clocks.set(id, calendar);
  const instruments = bus.subscribe({
    topics: [INSTRUMENTS_TOPIC],
    group: GROUP,
    from: 'earliest',
    handle: async (records) => {
      const known = records.map(instrumentOf);
      await inTransaction(pool, (client) => addInstruments(client, known));
      for (const { id, calendar } of known) if (calendar !== null) clocks.set(id, calendar);
    },
  });
  const actions = bus.subscribe({
    topics: [ACTIONS_TOPIC],
    group: GROUP,
    from: 'earliest',
    handle: (records) => inTransaction(pool, (client) => addCorporateActions(client, records.map(corporateActionOf))),
  });
  const ticks = bus.subscribe({
    topics: [TICKS_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: TICK_RECORDS_PER_BATCH,
    handle: async (records) => {
      const first = records[0];
      if (!first) return;
      const { changed, trades } = await applyTicks({ pool, archive, clocks }, busStream(first.topic, first.partition), records.map((record) => ({ offset: record.offset, batch: tickBatchOf(record) })));
      for (const instrumentId of changed) onChange(instrumentId);
      telemetry.ticksApplied(trades, changed.size);
    },
  });
  const bars = bus.subscribe({
    topics: [BARS_TOPIC],
    group: GROUP,
    from: 'earliest',
    batchSize: BAR_RECORDS_PER_BATCH,
    handle: async (records) => {
      const first = records[0];
      if (!first) return;
      const batches = records.map(barBatchOf);
      const changed = await applyBars({ pool, archive, clocks }, busStream(first.topic, first.partition), batches);
      for (const instrumentId of changed) onChange(instrumentId);
      telemetry.barsApplied(batches.reduce((sum, batch) => sum + batch.bars.length, 0), changed.size);
    },
  });
  const subscriptions = [instruments, actions, bars, ticks];
  return {
    get problem() {
      return subscriptions.find((subscription) => subscription.failure)?.failure?.message;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(subscriptions.map((subscription: BusSubscription) => subscription[Symbol.asyncDispose]()));
    },
  };
}
