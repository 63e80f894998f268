// The tone of a headline. The headline belongs to data-ingestion and travels here with the reference.

import type { NewsArticleResolvers, SentimentResolvers } from '../generated/resolvers-types.ts';
import { modelOf } from './forecast.ts';

export const newsArticle: NewsArticleResolvers = {
  __resolveReference: (reference) => reference,
  sentiment: ({ headline }, _, { services }) => {
    if (typeof headline !== 'string') return null;
    const { id: modelId, model } = services.models.sentiment;
    return { ...model.score(headline), modelId };
  },
};

export const sentiment: SentimentResolvers = {
  sampleSize: ({ words }) => words.length,
  words: ({ words }) => [...words],
  model: ({ modelId }, _, context) => modelOf(context, modelId),
};
