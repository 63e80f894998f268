/** @jest-environment <rootDir>/subgraphs/ai-inference/dist/onnx-test-environment.js */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { featuresAt, marketDays } from '../domain/features.ts';
import { forecastVolatility } from '../domain/log-har.ts';
import { readHistory } from '../training/read-history.ts';
import type { VolatilityManifest } from './manifest.ts';
import { readModelFiles, type ModelFile } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';
import { MAX_ROWS, MAX_ROWS_PER_RUN, VolatilityModel } from './volatility-model.ts';

describe('volatility model in ONNX', () => {
  let file: ModelFile<VolatilityManifest>;
  let model: VolatilityModel;

  beforeAll(async () => {
    const files = await readModelFiles(fileURLToPath(new URL('../../models', import.meta.url)));
    file = files.find(({ manifest }) => manifest.kind === 'VOLATILITY') as ModelFile<VolatilityManifest>;
    model = await VolatilityModel.load(file);
  });

  afterAll(() => model?.[Symbol.asyncDispose]());

  it('agrees with the TypeScript reference on every day of the history, in one batch', async () => {
    const days = marketDays(readHistory());
    const rows = days.slice(21).map((_, index) => featuresAt(days, index + 21));
    expect(rows.length).toBeGreaterThan(4 * MAX_ROWS_PER_RUN);
    const outputs = await model.forecast(rows);
    expect(outputs).toHaveLength(rows.length);
    let worst = 0;
    rows.forEach((features, index) => {
      const expected = forecastVolatility(file.manifest.parameters, features);
      const output = outputs[index]!;
      for (const key of ['logVariance', 'daily', 'lower', 'upper'] as const) worst = Math.max(worst, Math.abs(output[key] / expected[key] - 1));
    });
    expect(worst).toBeLessThan(1e-5); // the bar
    expect(worst).toBeLessThan(1e-12); // what doubles give
  });

  it('gives a row the same answer alone and in a batch', async () => {
    const rows = [[1, 0.8, 0.5, -2, 0, -0.1, -9.5], [-1, 0, 0, 0, 0, 0, -10]];
    const together = await model.forecast(rows);
    expect(await model.forecast([rows[1]!])).toEqual([together[1]]);
    expect(await model.forecast([])).toEqual([]);
  });

  it('orders its figures: lower, expected, upper', async () => {
    const [output] = await model.forecast([[0, 0, 0, 0, 0, 0, -9]]);
    expect(output!.lower).toBeLessThan(output!.daily);
    expect(output!.daily).toBeLessThan(output!.upper);
  });

  it('refuses more rows than one call may bring', async () => {
    await expect(model.forecast(new Array<number[]>(MAX_ROWS + 1).fill([]))).rejects.toThrow('rows must be at most 100000, were 100001');
  });

  it('refuses a file that is another model than the manifest describes', async () => {
    const parameters = { ...file.manifest.parameters, returnScale: file.manifest.parameters.returnScale * 1.01 };
    await expect(VolatilityModel.load({ ...file, manifest: { ...file.manifest, parameters } })).rejects.toMatchObject({ code: 'FILE_INVALID', message: expect.stringContaining('daily of the probe') });
  });

  it('refuses bytes that are no model, with a code', async () => {
    await expect(VolatilityModel.load({ ...file, bytes: new Uint8Array([1, 2, 3]) })).rejects.toMatchObject({ name: ModelLoadError.name, code: 'FILE_INVALID' });
  });
});
