// From bars to a model: walk forward for the scores, then fit once on everything for the file that serves. Pure: the same
// bars give the same bytes.

import { createHash } from 'node:crypto';
import type { DailyBar } from '../domain/daily-bar.ts';
import { FEATURES, marketDays } from '../domain/features.ts';
import { fitLogHar, type LogHarParameters } from '../domain/log-har.ts';
import { observationsOf, walkForward, type WalkForwardDay } from '../domain/walk-forward.ts';
import type { VolatilityManifest } from '../registry/manifest.ts';
import { volatilityOnnx } from './onnx-file.ts';
import { HISTORY } from './read-history.ts';
import { decimals, isoDate, significant } from './rounding.ts';
import { claimRecord, scoreboards } from './scoreboards.ts';

const NAME = 'volatility-log-har';
const VERSION = '1.0.0';

export interface TrainedModel {
  readonly file: Uint8Array;
  readonly manifest: VolatilityManifest;
}

export function trainVolatility(bars: readonly DailyBar[]): TrainedModel {
  const trainedThrough = isoDate(bars.at(-1)!.openTimeMs);
  const parameters = rounded(fitLogHar(observationsOf(marketDays(bars))));
  const file = volatilityOnnx(parameters, { name: NAME, version: VERSION, trainedThrough });
  const days = walkForward(bars);
  return {
    file,
    manifest: {
      kind: 'VOLATILITY',
      id: `${NAME}-${VERSION}`,
      name: NAME,
      version: VERSION,
      description: 'Next-day volatility: heterogeneous autoregression of log realised variance with leverage terms (log-HAR), relative to the instrument\'s own level of the last year, fitted by least squares on the S&P 500. For another instrument compare forecastRecord.',
      file: 'model.onnx',
      sha256: createHash('sha256').update(file).digest('hex'),
      trainedThrough,
      command: 'npm run train',
      data: { ...HISTORY, from: isoDate(bars[0]!.openTimeMs), to: trainedThrough, bars: bars.length },
      features: FEATURES.map((feature) => ({ ...feature })),
      parameters: { ...parameters, coefficients: [...parameters.coefficients] },
      metrics: metricsOf(days),
      claims: { RISING: claimRecord(days, 'RISING'), FALLING: claimRecord(days, 'FALLING') },
      scoreboards: scoreboards(days),
    },
  };
}

/** Over the walk-forward; a level ratio of 1 means forecasts are right on average. */
function metricsOf(days: readonly WalkForwardDay[]): VolatilityManifest['metrics'] {
  const mean = (value: (day: WalkForwardDay) => number): number => decimals(days.reduce((sum, day) => sum + value(day), 0) / days.length, 4);
  return [
    { name: 'realisedOverForecast', value: mean((day) => day.realised / day.forecast) },
    { name: 'realisedOverBaseline', value: mean((day) => day.realised / day.baseline) },
    { name: 'squaredReturnOverForecast', value: mean((day) => day.squaredReturn / day.returnForecast) },
    { name: 'intervalCoverage', value: mean((day) => Number(day.covered)) },
  ];
}

function rounded(parameters: LogHarParameters): LogHarParameters {
  return {
    coefficients: parameters.coefficients.map(significant),
    residualDeviation: significant(parameters.residualDeviation),
    lowerResidual: significant(parameters.lowerResidual),
    upperResidual: significant(parameters.upperResidual),
    returnScale: significant(parameters.returnScale),
  };
}
