// Announces final candles on `market.candles`, in the transaction that makes them final: nothing final goes unsaid, nothing
// is said that was rolled back. A candle that changes after its end (a late trade, a corrected bar) is announced again.

import type pg from 'pg';
import { formatDecimal } from '@mib/model/decimal';
import { intervalStart } from '@mib/model/interval';
import type { TimestampNs } from '@mib/model/timestamp';
import type { BusRecord } from '@mib/service/event-bus/event-bus';
import { writeOutbox } from '@mib/service/outbox';
import { timeMsOf } from '../domain/candle.ts';
import type { CandleClocks } from '../domain/candle-clock.ts';
import type { StoredCandle } from '../domain/stored-candle.ts';
import { hasEnded } from '../domain/stored-candle.ts';
import { ANNOUNCED_INTERVALS, CANDLES_TOPIC, MAX_CANDLES_PER_EVENT, type AnnouncedCandle, type CandlesAnnouncement } from '../events.ts';
import type { CandleRow } from './candle-rows.ts';
import { CANDLE_COLUMNS, candleOfRow, isoTime } from './candle-rows.ts';

/** From the name of a day's candle to its end: one date and the hours after its bell. */
const MAX_DAY_MS = 2 * 86_400_000;

/** Announces those of the announced intervals; the caller knows that all of them are final. */
export async function announceCandles(client: pg.PoolClient, candles: readonly StoredCandle[]): Promise<void> {
  const announced: readonly string[] = ANNOUNCED_INTERVALS;
  await writeOutbox(client, 'processor', CANDLES_TOPIC, recordsOf(candles.filter((candle) => announced.includes(candle.interval))));
}

/** Announces the live candles that end as the market's event time moves, which for most batches of trades are none. */
export async function announceEnded(client: pg.PoolClient, beforeNs: TimestampNs, afterNs: TimestampNs, clocks: CandleClocks): Promise<void> {
  const [beforeMs, afterMs] = [timeMsOf(beforeNs), timeMsOf(afterNs)];
  for (const interval of ANNOUNCED_INTERVALS) {
    // A venue's day ends on an hour, and some days after it opened when a closing follows.
    const grid = interval === 'D1' ? 'H1' : interval;
    const [from, to] = [intervalStart(grid, beforeMs) - (interval === 'D1' ? MAX_DAY_MS : 0), intervalStart(grid, afterMs)];
    if (intervalStart(grid, beforeMs) >= to) continue;
    const { rows } = await client.query<CandleRow>(
      `select ${CANDLE_COLUMNS} from processor.engine_instruments i
       join processor.candles c on c.instrument_id = i.instrument_id and c.interval = $1 and c.source = 'LIVE' and c.open_time >= $2 and c.open_time < $3`,
      [interval, isoTime(from), isoTime(to)],
    );
    const ended = (candle: StoredCandle, watermarkNs: TimestampNs) => hasEnded(interval, candle.openTimeMs, watermarkNs, clocks.of(candle.instrumentId));
    await announceCandles(client, rows.map(candleOfRow).filter((candle) => ended(candle, afterNs) && !ended(candle, beforeNs)));
  }
}

function recordsOf(candles: readonly StoredCandle[]): BusRecord[] {
  const series = new Map<string, StoredCandle[]>();
  for (const candle of candles) {
    const key = `${candle.instrumentId}|${candle.interval}|${candle.source}`;
    const own = series.get(key);
    if (own) own.push(candle);
    else series.set(key, [candle]);
  }
  return [...series.values()].flatMap((own) => seriesRecords(own.sort((a, b) => a.openTimeMs - b.openTimeMs)));
}

function seriesRecords(candles: readonly StoredCandle[]): BusRecord[] {
  const { instrumentId, interval, source } = candles[0]!;
  const records: BusRecord[] = [];
  for (let from = 0; from < candles.length; from += MAX_CANDLES_PER_EVENT) {
    const announcement: CandlesAnnouncement = { instrumentId, interval, source, candles: candles.slice(from, from + MAX_CANDLES_PER_EVENT).map(announced) };
    records.push({ key: instrumentId, value: JSON.stringify(announcement) });
  }
  return records;
}

function announced({ openTimeMs, open, high, low, close, volume, source, revision }: StoredCandle): AnnouncedCandle {
  return {
    openTime: isoTime(openTimeMs), open: formatDecimal(open), high: formatDecimal(high), low: formatDecimal(low), close: formatDecimal(close),
    volume: volume && formatDecimal(volume), source, revision, final: true,
  };
}
