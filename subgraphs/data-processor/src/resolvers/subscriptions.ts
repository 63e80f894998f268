// Live candles and indicators. Each value is a whole state, so a slow reader may miss some and is still right in the end.

import { ClientError } from '@mib/service/errors';
import { parseIndicatorSpec } from '../domain/indicators/indicator-spec.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';
import type { Services } from '../services.ts';
import { knownInstruments } from '../store/instrument-directory.ts';
import { mapIterator } from '../streams/map-iterator.ts';
import { graphCandle, graphIndicator } from './graph-values.ts';

/** States waiting for a slow subscriber; the oldest give way. */
const MAX_QUEUED_CANDLES = 64;

export const subscriptions: SubscriptionResolvers = {
  candleUpdated: {
    async subscribe(_, { instrumentId, interval }, { services, signal }) {
      await requireInstrument(services, instrumentId);
      const candles = services.candles.subscribe({
        filter: (candle) => candle.instrumentId === instrumentId && candle.interval === interval,
        maxQueued: MAX_QUEUED_CANDLES,
        overflow: 'drop-oldest',
        signal,
      });
      return mapIterator(candles, (candle) => ({ candleUpdated: graphCandle(candle, services.clocks.of(candle.instrumentId)) }));
    },
  },
  indicatorUpdated: {
    async subscribe(_, { instrumentId, spec, interval }, { services, signal }) {
      const request = { instrumentId, interval, spec: parseIndicatorSpec(spec) };
      await requireInstrument(services, instrumentId);
      return mapIterator(await services.indicators.watch(request, signal), (point) => ({ indicatorUpdated: graphIndicator(point, services.clocks.of(instrumentId)) }));
    },
  },
};

async function requireInstrument({ pool }: Services, id: string): Promise<void> {
  if (!(await knownInstruments(pool, [id])).has(id)) throw new ClientError('NOT_FOUND', `no instrument ${JSON.stringify(id)}`);
}
