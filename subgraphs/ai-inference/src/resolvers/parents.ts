// What resolvers hand down: rows as they are stored; the fields of these types have resolvers of their own.

import type { Forecast } from '../domain/forecast.ts';
import type { SentimentScore } from '../domain/sentiment-model.ts';
import type { Manifest } from '../registry/manifest.ts';

export type ForecastParent = Forecast;
/** A signal is read off its forecast. */
export type SignalParent = Forecast;
export type ModelParent = Manifest;

export interface InstrumentParent {
  readonly id: string;
}

export interface NewsArticleParent {
  readonly id: string;
  /** There when the router was asked for something that needs it. */
  readonly headline?: string;
}

export interface SentimentParent extends SentimentScore {
  readonly modelId: string;
}
