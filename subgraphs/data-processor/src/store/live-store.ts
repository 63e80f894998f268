// Applies engine events to candles. One transaction per batch:
//
//   lock checkpoint ─► drop what is applied already ─► registrations ─► trades ─► read candles ─► merge ─► write ─► announce the final ─► move checkpoint
//
// A crash before the commit leaves nothing, a repeat after it is dropped by sequence: no trade counts twice or never.

import type pg from 'pg';
import { INTERVALS } from '@mib/model/interval';
import { fromSteps } from '@mib/model/decimal';
import type { TimestampNs } from '@mib/model/timestamp';
import { inTransaction } from '@mib/service/database';
import type { EngineEvent } from '@mib/proto/engine-client';
import { mergeCandles } from '../domain/candle.ts';
import type { CandleChange, InstrumentTrade } from '../domain/live-candles.ts';
import { aggregateTrades } from '../domain/live-candles.ts';
import type { CandleView, StoredCandle } from '../domain/stored-candle.ts';
import { candleKeyText, hasEnded, viewOf } from '../domain/stored-candle.ts';
import type { StoredTrade } from '../domain/stored-trade.ts';
import { ENGINE_ORIGIN } from '../domain/stored-trade.ts';
import { announceCandles, announceEnded } from './announce-candles.ts';
import { findCandles } from './archived-candles.ts';
import type { CandleRow } from './candle-rows.ts';
import { CANDLE_COLUMNS, candleOfRow, writeCandles } from './candle-rows.ts';
import type { Checkpoint } from './checkpoints.ts';
import { ENGINE_STREAM, lockCheckpoint, moveCheckpoint, readCheckpoint } from './checkpoints.ts';
import type { EngineInstrument } from './instrument-directory.ts';
import type { CandleStores } from './history-store.ts';
import { addRegistrations, readEngineInstruments } from './instrument-directory.ts';
import { writeTrades } from './trade-rows.ts';

export type LiveEvent = Extract<EngineEvent, { kind: 'Trade' | 'InstrumentRegistered' }>;

export interface AppliedBatch {
  /** Every candle that the batch touches, as it is now; also those that another process has written already. */
  readonly candles: readonly CandleView[];
  readonly trades: number;
  readonly watermarkNs: TimestampNs;
}

export class LiveStore {
  readonly #pool: pg.Pool;
  readonly #stores: CandleStores;
  /** Grows by registrations only, which the engine bounds. */
  #instruments = new Map<number, EngineInstrument>();

  constructor(pool: pg.Pool, stores: CandleStores) {
    this.#pool = pool;
    this.#stores = stores;
  }

  checkpoint(): Promise<Checkpoint> {
    return readCheckpoint(this.#pool, ENGINE_STREAM);
  }

  /** Events in order of sequence, one batch of the engine's stream. */
  apply(events: readonly LiveEvent[]): Promise<AppliedBatch> {
    return inTransaction(this.#pool, async (client) => {
      const checkpoint = await lockCheckpoint(client, ENGINE_STREAM);
      await this.#learn(client, events);
      const trades = events.filter((event) => event.kind === 'Trade');
      const { archive, clocks } = this.#stores;
      const clockOf = (instrumentId: string) => clocks.of(instrumentId);
      const added = trades.filter((trade) => trade.sequence > checkpoint.position);
      const fresh = aggregateTrades(added.map((trade) => this.#tradeOf(trade)), checkpoint.watermarkNs, clockOf);
      const applied = aggregateTrades(trades.filter((trade) => trade.sequence <= checkpoint.position).map((trade) => this.#tradeOf(trade)), checkpoint.watermarkNs, clockOf);
      await writeTrades(client, added.map((trade) => storedTrade(this.#tradeOf(trade), trade.takerSide)));
      const stored = byKey(await findCandles(client, archive, 'LIVE', [...fresh.changes, ...applied.changes]));
      const changed = fresh.changes.map((change) => changedCandle(stored.get(candleKeyText(change)), change));
      await writeCandles(client, changed);
      await announceCandles(client, changed.filter((candle) => hasEnded(candle.interval, candle.openTimeMs, checkpoint.watermarkNs, clocks.of(candle.instrumentId))));
      await announceEnded(client, checkpoint.watermarkNs, fresh.watermarkNs, clocks);
      const position = maximum(checkpoint.position, BigInt(events.at(-1)?.sequence ?? -1));
      await moveCheckpoint(client, ENGINE_STREAM, { position, watermarkNs: fresh.watermarkNs });
      for (const candle of changed) stored.set(candleKeyText(candle), candle);
      return { candles: [...stored.values()].map((candle) => viewOf(candle, fresh.watermarkNs, clocks.of(candle.instrumentId))), trades: trades.length, watermarkNs: fresh.watermarkNs };
    });
  }

  /** Moves the market's event time forward while nothing trades. */
  async advance(watermarkNs: TimestampNs): Promise<TimestampNs> {
    return inTransaction(this.#pool, async (client) => {
      const checkpoint = await lockCheckpoint(client, ENGINE_STREAM);
      const moved = { position: checkpoint.position, watermarkNs: maximum(checkpoint.watermarkNs, watermarkNs) };
      await announceEnded(client, checkpoint.watermarkNs, moved.watermarkNs, this.#stores.clocks);
      await moveCheckpoint(client, ENGINE_STREAM, moved);
      return moved.watermarkNs;
    });
  }

  /** The newest live candle of every engine instrument and interval, with the watermark they are seen at. */
  async newest(): Promise<{ readonly candles: readonly StoredCandle[]; readonly watermarkNs: TimestampNs }> {
    const { rows } = await this.#pool.query<CandleRow>(
      `select ${CANDLE_COLUMNS} from processor.engine_instruments i cross join unnest($1::text[]) v(interval) cross join lateral (
         select * from processor.candles c where c.instrument_id = i.instrument_id and c.interval = v.interval and c.source = 'LIVE'
         order by c.open_time desc limit 1) c`,
      [INTERVALS],
    );
    return { candles: rows.map(candleOfRow), watermarkNs: (await this.checkpoint()).watermarkNs };
  }

  async #learn(client: pg.ClientBase, events: readonly LiveEvent[]): Promise<void> {
    await addRegistrations(client, events.filter((event) => event.kind === 'InstrumentRegistered'));
    if (events.every((event) => this.#instruments.has(event.instrumentNumber))) return;
    this.#instruments = new Map((await readEngineInstruments(client)).map((each) => [each.instrumentNumber, each]));
  }

  #tradeOf(event: Extract<LiveEvent, { kind: 'Trade' }>): InstrumentTrade {
    const instrument = this.#instruments.get(event.instrumentNumber);
    if (!instrument) throw new Error(`trade ${event.sequence} is in instrument ${event.instrumentNumber}, which the engine has not registered`);
    return {
      instrumentId: instrument.instrumentId,
      sequence: event.sequence,
      timeNs: event.print?.venueTimeNs ?? event.timestampNs,
      price: fromSteps(event.priceTicks, instrument.tickSize),
      quantity: event.print ? { units: BigInt(event.print.quantityUnits), scale: event.print.quantityScale } : fromSteps(event.quantityLots, instrument.lotSize),
    };
  }
}

function storedTrade(trade: InstrumentTrade, takerSide: 'BUY' | 'SELL'): StoredTrade {
  return { ...trade, source: 'LIVE', origin: ENGINE_ORIGIN, sequence: BigInt(trade.sequence), side: takerSide === 'BUY' ? 1 : -1 };
}

function changedCandle(stored: StoredCandle | undefined, change: CandleChange): StoredCandle {
  const candle = stored ? mergeCandles(stored, change.addition) : change.addition;
  const { instrumentId, interval, lateTrades } = change;
  return { ...candle, instrumentId, interval, source: 'LIVE', derived: false, revision: (stored?.revision ?? 0) + lateTrades };
}

function byKey(candles: readonly StoredCandle[]): Map<string, StoredCandle> {
  return new Map(candles.map((candle) => [candleKeyText(candle), candle]));
}

function maximum(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
