// The map of the schema to its resolvers.

import type { Resolvers } from '../generated/resolvers-types.ts';
import { signal, volatilityForecast } from './forecast.ts';
import { instrument } from './instrument.ts';
import { model, query } from './model.ts';
import { newsArticle, sentiment } from './news-article.ts';
import { subscriptions } from './subscriptions.ts';

export const resolvers: Resolvers = {
  Query: query,
  Subscription: subscriptions,
  Instrument: instrument,
  VolatilityForecast: volatilityForecast,
  Signal: signal,
  Model: model,
  NewsArticle: newsArticle,
  Sentiment: sentiment,
};
