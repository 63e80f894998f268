// A forecast as it is kept: what was said, on what grounds, and what came.

export interface Forecast {
  /** `<instrument>@<asOf>#<model>`: the same candle gives the same id however often it is delivered. */
  readonly id: string;
  readonly instrumentId: string;
  readonly modelId: string;
  readonly asOfMs: number;
  /** Volatilities of one day at the level of close-to-close returns. */
  readonly dailyVolatility: number;
  readonly lower: number;
  readonly upper: number;
  readonly baselineVolatility: number;
  /** See volatility-view.ts. */
  readonly strength: number;
  readonly features: readonly number[];
  readonly synthetic: boolean;
  /** The model had been trained on nothing later than `asOfMs`. */
  readonly pointInTime: boolean;
  readonly outcome: ForecastOutcome | null;
}

export interface ForecastOutcome {
  readonly openTimeMs: number;
  readonly dailyVolatility: number;
}

export function forecastId(instrumentId: string, asOfMs: number, modelId: string): string {
  return `${instrumentId}@${new Date(asOfMs).toISOString()}#${modelId}`;
}
