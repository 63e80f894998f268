// The volatility model itself: a linear regression of tomorrow's log variance on today's features, and what follows from
// it. These few lines are the reference; the ONNX file says the same, and a test holds one to the other.
//
//   mu         = b0 + b . features                      log of tomorrow's realised variance; the level counts with 1
//   variance   = scale * exp(mu + s^2 / 2)              its mean: the mean of a lognormal lies above its median
//   volatility = sqrt(variance)
//   interval   = sqrt(scale * exp(mu + q05)), sqrt(scale * exp(mu + q95))       q: quantiles of the residuals
//
// `scale` (Hansen and Lunde 2005) brings realised variance to the level of squared close-to-close returns, which is what
// a position feels: the range of a day sees less than its jumps do.

import { leastSquares } from './least-squares.ts';

export interface LogHarParameters {
  /** The intercept, then one per feature; the last, of the level, is 1. */
  readonly coefficients: readonly number[];
  /** Sample deviation of the residuals in log variance. */
  readonly residualDeviation: number;
  readonly lowerResidual: number;
  readonly upperResidual: number;
  /** Sum of squared returns over sum of realised variances. */
  readonly returnScale: number;
}

export interface Observation {
  readonly features: readonly number[];
  /** Of the day after. */
  readonly logVariance: number;
  readonly logReturn: number;
}

/** Daily volatilities at the level of close-to-close returns. */
export interface Volatility {
  readonly logVariance: number;
  readonly daily: number;
  readonly lower: number;
  readonly upper: number;
}

export const TRADING_DAYS_PER_YEAR = 252;
/** The interval holds nine days of ten: one of twenty below, one of twenty above. */
export const INTERVAL_TAIL = 0.05;

export function fitLogHar(observations: readonly Observation[]): LogHarParameters {
  // What is fitted is the distance from the level, which is the last feature.
  const rows = observations.map(({ features }) => [1, ...features.slice(0, -1)]);
  const fitted = leastSquares(rows, observations.map(({ features, logVariance }) => logVariance - features.at(-1)!));
  const coefficients = [...fitted, 1];
  const residuals = observations.map(({ features, logVariance }) => logVariance - linear(coefficients, features)).sort((a, b) => a - b);
  const squares = residuals.reduce((sum, residual) => sum + residual * residual, 0);
  return {
    coefficients,
    residualDeviation: Math.sqrt(squares / (residuals.length - fitted.length)),
    lowerResidual: quantile(residuals, INTERVAL_TAIL),
    upperResidual: quantile(residuals, 1 - INTERVAL_TAIL),
    returnScale: sum(observations, ({ logReturn }) => logReturn * logReturn) / sum(observations, ({ logVariance }) => Math.exp(logVariance)),
  };
}

/** Intercept plus weighted features. */
export function linear(coefficients: readonly number[], features: readonly number[]): number {
  return features.reduce((total, feature, index) => total + feature * coefficients[index + 1]!, coefficients[0]!);
}

/** What is added to mu before the exponential: of the mean, the lower and the upper end, in this order. */
export function logOffsets(parameters: LogHarParameters): readonly [mean: number, lower: number, upper: number] {
  const level = Math.log(parameters.returnScale);
  return [level + parameters.residualDeviation ** 2 / 2, level + parameters.lowerResidual, level + parameters.upperResidual];
}

export function forecastVolatility(parameters: LogHarParameters, features: readonly number[]): Volatility {
  const logVariance = linear(parameters.coefficients, features);
  const [daily, lower, upper] = logOffsets(parameters).map((offset) => Math.sqrt(Math.exp(logVariance + offset)));
  return { logVariance, daily: daily!, lower: lower!, upper: upper! };
}

/** Linear between order statistics (type 7 of Hyndman and Fan 1996); `sorted` ascends. */
export function quantile(sorted: readonly number[], probability: number): number {
  const place = (sorted.length - 1) * probability;
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

function sum(observations: readonly Observation[], value: (observation: Observation) => number): number {
  return observations.reduce((total, observation) => total + value(observation), 0);
}
