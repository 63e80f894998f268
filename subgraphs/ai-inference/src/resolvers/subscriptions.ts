// Forecasts and signals as they are made. Both listen to the same stream, as a signal is read off its forecast.

import type { LiveTopic } from '@mib/service/pubsub';
import type { Forecast } from '../domain/forecast.ts';
import { signalOf } from '../domain/signal.ts';
import type { SubscriptionResolvers } from '../generated/resolvers-types.ts';
import { checkConfidence, instrumentFilter } from './arguments.ts';

/** Forecasts waiting for a slow subscriber: a whole day of as many instruments as one may name. */
const MAX_QUEUED = 500;

export const subscriptions: SubscriptionResolvers = {
  forecastUpdated: {
    subscribe: (_, { instrumentIds }, { services, signal }) => subscribe(services.forecasts, instrumentIds, signal),
    resolve: (forecast: Forecast) => forecast,
  },
  signalEmitted: {
    subscribe: (_, { instrumentIds, minConfidence }, { services, signal }) => {
      const least = checkConfidence(minConfidence ?? 0);
      const { manifest } = services.models.volatility;
      return subscribe(services.forecasts, instrumentIds, signal, (forecast) => forecast.modelId === manifest.id && signalOf(forecast, manifest).confidence >= least);
    },
    resolve: (forecast: Forecast) => forecast,
  },
};

function subscribe(topic: LiveTopic<Forecast>, instrumentIds: readonly string[] | null | undefined, signal: AbortSignal, wanted: (forecast: Forecast) => boolean = () => true): AsyncIterableIterator<Forecast> {
  const instruments = instrumentFilter(instrumentIds);
  return topic.subscribe({
    filter: (forecast) => (!instruments || instruments.has(forecast.instrumentId)) && wanted(forecast),
    maxQueued: MAX_QUEUED, overflow: 'drop-oldest', signal,
  });
}
