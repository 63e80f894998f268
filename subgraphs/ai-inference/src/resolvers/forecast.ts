// Forecasts and the signals read off them. Volatilities are stored per day and shown per year where the name says so.

import { TRADING_DAYS_PER_YEAR } from '../domain/log-har.ts';
import { signalOf } from '../domain/signal.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { Context } from '../context.ts';
import type { SignalResolvers, VolatilityForecastResolvers } from '../generated/resolvers-types.ts';
import type { Manifest, VolatilityManifest } from '../registry/manifest.ts';

export const volatilityForecast: VolatilityForecastResolvers = {
  __resolveReference: ({ id }, { forecast }) => forecast.load(id),
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  model: ({ modelId }, _, context) => modelOf(context, modelId),
  horizon: () => 'D1',
  asOf: ({ asOfMs }) => new Date(asOfMs).toISOString(),
  annualisedVolatility: ({ dailyVolatility }) => annualised(dailyVolatility),
  lower: ({ lower }) => annualised(lower),
  upper: ({ upper }) => annualised(upper),
  baselineVolatility: ({ baselineVolatility }) => annualised(baselineVolatility),
  features: async (forecast, _, context) => featuresOf(forecast, await volatilityModelOf(context, forecast.modelId)),
  scoreboard: async ({ modelId }, _, context) => (await volatilityModelOf(context, modelId)).scoreboards[0]!,
  outcome: ({ outcome, lower, upper }) => outcome && {
    openTime: new Date(outcome.openTimeMs).toISOString(),
    realisedVolatility: annualised(outcome.dailyVolatility),
    withinInterval: outcome.dailyVolatility >= lower && outcome.dailyVolatility <= upper,
  },
};

export const signal: SignalResolvers = {
  __resolveReference: ({ id }, { forecast }) => forecast.load(id),
  instrument: ({ instrumentId }) => ({ id: instrumentId }),
  direction: async (forecast, _, context) => signalOf(forecast, await volatilityModelOf(context, forecast.modelId)).direction,
  volatility: async (forecast, _, context) => signalOf(forecast, await volatilityModelOf(context, forecast.modelId)).volatility,
  confidence: async (forecast, _, context) => signalOf(forecast, await volatilityModelOf(context, forecast.modelId)).confidence,
  at: ({ asOfMs }) => new Date(asOfMs).toISOString(),
  model: ({ modelId }, _, context) => modelOf(context, modelId),
  features: async (forecast, _, context) => featuresOf(forecast, await volatilityModelOf(context, forecast.modelId)),
  forecast: (forecast) => forecast,
};

export async function modelOf({ model }: Context, modelId: string): Promise<Manifest> {
  const found = await model.load(modelId);
  if (!found) throw new Error(`model ${modelId} is not registered, although rows refer to it`);
  return found;
}

async function volatilityModelOf(context: Context, modelId: string): Promise<VolatilityManifest> {
  const found = await modelOf(context, modelId);
  if (found.kind !== 'VOLATILITY') throw new Error(`model ${modelId} has forecasts and is of kind ${found.kind}`);
  return found;
}

function featuresOf({ features }: Forecast, { features: described }: VolatilityManifest): { name: string; value: number }[] {
  return described.map(({ name }, index) => ({ name, value: features[index]! }));
}

function annualised(daily: number): number {
  return daily * Math.sqrt(TRADING_DAYS_PER_YEAR);
}
