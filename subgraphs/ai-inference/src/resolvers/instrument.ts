// What this subgraph knows of an instrument. Public, as market data is.

import type { Context } from '../context.ts';
import type { InstrumentResolvers } from '../generated/resolvers-types.ts';
import { checkFirst, decodeCursor, encodeCursor, volatilityModelId } from './arguments.ts';

export const instrument: InstrumentResolvers = {
  __resolveReference: ({ id }) => ({ id }),

  forecast: async ({ id }, { modelId }, context) => {
    const [newest] = await newestForecasts(context, id, { modelId: await volatilityModelId(context, modelId), limit: 1 });
    return newest ?? null;
  },

  forecasts: async ({ id }, { modelId, first, after }, context) => {
    const limit = checkFirst(first ?? 50);
    const beforeMs = after === undefined || after === null ? null : decodeCursor(after);
    const rows = await context.forecasts.load({ instrumentId: id, modelId: await volatilityModelId(context, modelId), limit: limit + 1, beforeMs });
    const edges = rows.slice(0, limit).map((node) => ({ cursor: encodeCursor(node.asOfMs), node }));
    return {
      edges,
      pageInfo: { hasNextPage: rows.length > limit, hasPreviousPage: beforeMs !== null, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    };
  },

  forecastRecord: async ({ id }, { modelId }, context) => {
    const record = await context.forecastRecord.load({ instrumentId: id, modelId: await volatilityModelId(context, modelId) });
    if (!record) return null;
    const { days, qlike, baselineQlike, intervalCoverage } = record;
    return {
      days, qlike, baselineQlike, intervalCoverage,
      from: new Date(record.fromMs).toISOString(),
      to: new Date(record.toMs).toISOString(),
      improvementPercent: baselineQlike > 0 ? (1 - qlike / baselineQlike) * 100 : null,
    };
  },

  signals: async ({ id }, { first }, context) => [...(await newestForecasts(context, id, { modelId: await volatilityModelId(context, null), limit: checkFirst(first ?? 10) }))],
};

function newestForecasts({ forecasts }: Context, instrumentId: string, page: { readonly modelId: string; readonly limit: number }) {
  return forecasts.load({ instrumentId, ...page, beforeMs: null });
}
