// From daily bars to stored forecasts, in one transaction: bars in, what they change out, announcements beside. Doing it
// again with the same bars changes nothing and announces nothing.
//
//   bars ─store─► what changed ─plan─► features ─ONNX─► forecasts ─store─► ai.forecasts in the outbox, NOTIFY at commit

import type pg from 'pg';
import { inTransaction } from '@mib/service/database';
import { forecastId, type Forecast } from '../domain/forecast.ts';
import type { Volatility } from '../domain/log-har.ts';
import { claimStrength } from '../domain/volatility-view.ts';
import { announceForecasts } from '../events.ts';
import type { VolatilityModel } from '../registry/volatility-model.ts';
import { readBarsAround, storeBars, type StoredBar } from '../store/daily-bars.ts';
import { dropHindsight, storeForecasts } from '../store/forecast-rows.ts';
import { MEMORY_BARS, planForecasts, type PlannedForecast } from './forecast-plan.ts';

export interface ForecasterOptions {
  readonly pool: pg.Pool;
  readonly model: VolatilityModel;
}

export class Forecaster {
  readonly #pool: pg.Pool;
  readonly #model: VolatilityModel;
  readonly #trainedThroughMs: number;

  constructor({ pool, model }: ForecasterOptions) {
    this.#pool = pool;
    this.#model = model;
    this.#trainedThroughMs = Date.parse(`${model.manifest.trainedThrough}T00:00:00Z`);
  }

  /**
   * Stores bars and brings the forecasts of their instruments up to date.
   *
   * @param bars - at most one per instrument and day.
   * @returns the forecasts that are new or say something else than before.
   */
  apply(bars: readonly StoredBar[]): Promise<Forecast[]> {
    return inTransaction(this.#pool, async (client) => {
      const announced: Forecast[] = [];
      for (const [instrumentId, changedFromMs] of await storeBars(client, bars)) {
        announced.push(...(await this.#update(client, instrumentId, changedFromMs)));
      }
      return announced;
    });
  }

  async #update(client: pg.PoolClient, instrumentId: string, changedFromMs: number): Promise<Forecast[]> {
    const bars = await readBarsAround(client, instrumentId, changedFromMs, MEMORY_BARS + 1);
    const planned = planForecasts(bars, { changedFromMs, trainedThroughMs: this.#trainedThroughMs });
    const outputs = await this.#model.forecast(planned.map(({ features }) => features));
    const forecasts = planned.map((plan, index) => this.#forecastOf(instrumentId, plan, outputs[index]!));
    const changed = await storeForecasts(client, forecasts);
    await dropHindsight(client, instrumentId, this.#model.manifest.id);
    // Hindsight may be looked at, but nobody should act on it.
    await announceForecasts(client, this.#model.manifest, changed.filter(({ pointInTime }) => pointInTime), newestOf(forecasts));
    return changed;
  }

  #forecastOf(instrumentId: string, { asOfMs, features, baselineVariance, synthetic, pointInTime, next }: PlannedForecast, output: Volatility): Forecast {
    const { id: modelId, parameters } = this.#model.manifest;
    const atReturnLevel = (variance: number): number => Math.sqrt(variance * parameters.returnScale);
    return {
      id: forecastId(instrumentId, asOfMs, modelId),
      instrumentId, modelId, asOfMs, features, synthetic, pointInTime,
      dailyVolatility: output.daily,
      lower: output.lower,
      upper: output.upper,
      baselineVolatility: atReturnLevel(baselineVariance),
      strength: claimStrength(output.logVariance, baselineVariance, parameters.residualDeviation),
      outcome: next && { openTimeMs: next.openTimeMs, dailyVolatility: atReturnLevel(next.variance) },
    };
  }
}

function newestOf(forecasts: readonly Forecast[]): string | undefined {
  return forecasts.at(-1)?.outcome === null ? forecasts.at(-1)?.id : undefined;
}
