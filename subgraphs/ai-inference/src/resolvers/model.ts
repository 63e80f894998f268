// Models as their manifests describe them.

import type { ModelResolvers, QueryResolvers } from '../generated/resolvers-types.ts';
import { readModels } from '../store/model-rows.ts';

export const query: QueryResolvers = {
  models: (_, _arguments, { services }) => readModels(services.pool),
  model: (_, { id }, { model }) => model.load(id),
};

export const model: ModelResolvers = {
  __resolveReference: ({ id }, context) => context.model.load(id),
  current: ({ id }, _, { services }) => services.models.isCurrent(id),
  trainedThrough: (manifest) => (manifest.kind === 'VOLATILITY' ? manifest.trainedThrough : null),
  training: (manifest) => {
    if (manifest.kind !== 'VOLATILITY') return null;
    const { name: data, ...facts } = manifest.data;
    return { command: manifest.command, data, ...facts };
  },
  claims: (manifest) => (manifest.kind === 'VOLATILITY' ? (['RISING', 'FALLING'] as const).map((claim) => ({ claim, ...manifest.claims[claim] })) : []),
};
