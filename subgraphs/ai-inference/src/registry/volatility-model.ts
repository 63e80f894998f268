// The volatility model as it runs: one ONNX session for the life of the process, rows in, volatilities out.

import ort from 'onnxruntime-node';
import { forecastVolatility, type Volatility } from '../domain/log-har.ts';
import type { VolatilityManifest } from './manifest.ts';
import type { ModelFile } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';

/** Rows of one run; more are cut into several. */
export const MAX_ROWS_PER_RUN = 1_024;
/** Rows of one call; a caller with more is a bug. */
export const MAX_ROWS = 100_000;
/** A run is microseconds long: threads would cost more than they do. */
const SESSION = { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all' } as const;

/** A day of turmoil; any row would do. */
const PROBE = [1, 0.5, 0.3, -2, -0.5, -0.2, -9];
const PARITY = 1e-5;

export class VolatilityModel implements AsyncDisposable {
  readonly manifest: VolatilityManifest;
  readonly #session: ort.InferenceSession;

  private constructor(manifest: VolatilityManifest, session: ort.InferenceSession) {
    this.manifest = manifest;
    this.#session = session;
  }

  /** @throws {ModelLoadError} FILE_INVALID when the file is no model, or says something else than the manifest's parameters. */
  static async load({ manifest, bytes }: ModelFile<VolatilityManifest>): Promise<VolatilityModel> {
    try {
      const model = new VolatilityModel(manifest, await ort.InferenceSession.create(bytes, SESSION));
      await model.#checkAgainstReference();
      return model;
    } catch (error) {
      throw new ModelLoadError('FILE_INVALID', manifest.id, error instanceof Error ? error.message : String(error), error);
    }
  }

  /** @param rows - features in the manifest's order, at most MAX_ROWS. */
  async forecast(rows: readonly (readonly number[])[]): Promise<Volatility[]> {
    if (rows.length > MAX_ROWS) throw new RangeError(`rows must be at most ${MAX_ROWS}, were ${rows.length}`);
    const outputs: Volatility[] = [];
    for (let from = 0; from < rows.length; from += MAX_ROWS_PER_RUN) outputs.push(...(await this.#run(rows.slice(from, from + MAX_ROWS_PER_RUN))));
    return outputs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }

  /** Signals are computed from the parameters, forecasts from the file: they must be the same model. */
  async #checkAgainstReference(): Promise<void> {
    const expected = forecastVolatility(this.manifest.parameters, PROBE);
    const [output] = await this.#run([PROBE]);
    for (const key of ['logVariance', 'daily', 'lower', 'upper'] as const) {
      if (!(Math.abs(output![key] / expected[key] - 1) <= PARITY)) throw new Error(`${key} of the probe must be ${expected[key]}, was ${output![key]}`);
    }
  }

  async #run(rows: readonly (readonly number[])[]): Promise<Volatility[]> {
    const width = this.manifest.features.length;
    const features = new ort.Tensor('float64', Float64Array.from(rows.flat()), [rows.length, width]);
    const { log_variance, daily_volatility } = await this.#session.run({ features });
    const logVariances = log_variance!.data as Float64Array;
    const daily = daily_volatility!.data as Float64Array;
    return rows.map((_, row) => ({ logVariance: logVariances[row]!, daily: daily[row * 3]!, lower: daily[row * 3 + 1]!, upper: daily[row * 3 + 2]! }));
  }
}
