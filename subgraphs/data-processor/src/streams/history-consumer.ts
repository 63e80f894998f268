// Follows the bus: instruments into the directory, imported bars into candles. Both are safe to deliver again: the
// directory by its ids, bars by the partition's offset, stored in the transaction that applies them.

import type pg from 'pg';
import type { BusSubscription, EventBus } from '@mib/service/event-bus/event-bus';
import { inTransaction } from '@mib/service/database';
import { BARS_TOPIC, INSTRUMENTS_TOPIC, barBatchOf, instrumentOf } from '../events.ts';
import { busStream } from '../store/checkpoints.ts';
import { applyBars } from '../store/history-store.ts';
import { addInstruments } from '../store/instrument-directory.ts';
import type { Telemetry } from '../telemetry.ts';

export interface HistoryConsumer extends AsyncDisposable {
  /** What stops a partition, or undefined. */
  readonly problem: string | undefined;
}

export interface HistoryConsumerOptions {
  readonly bus: EventBus;
  readonly pool: pg.Pool;
  /** Called with each instrument whose candles have changed. */
  readonly onChange: (instrumentId: string) => void;
  readonly telemetry: Telemetry;
}

const GROUP = 'data-processor';
/** Of up to 500 bars each: bounds a transaction to 10,000 bars. */
const BAR_RECORDS_PER_BATCH = 20;

export async function startHistoryConsumer({ bus, pool, onChange, telemetry }: HistoryConsumerOptions): Promise<HistoryConsumer> {
  await bus.ensureTopic(INSTRUMENTS_TOPIC);
  await bus.ensureTopic(BARS_TOPIC);
  const instruments = bus.subscribe({
    topics: [INSTRUMENTS_TOPIC],
    group: GROUP,
    from: 'earliest',
    handle: (records) => inTransaction(pool, (client) => addInstruments(client, records.map(instrumentOf))),
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
      const changed = await applyBars(pool, busStream(first.topic, first.partition), batches);
      for (const instrumentId of changed) onChange(instrumentId);
      telemetry.barsApplied(batches.reduce((sum, batch) => sum + batch.bars.length, 0), changed.size);
    },
  });
  return {
    get problem() {
      return (instruments.failure ?? bars.failure)?.message;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([instruments, bars].map((subscription: BusSubscription) => subscription[Symbol.asyncDispose]()));
    },
  };
}
