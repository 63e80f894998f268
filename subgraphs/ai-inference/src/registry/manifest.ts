// The passport of a model, beside its file: what it is, what it was trained on, how well it did where it had not looked,
// and the SHA-256 of the file. Training writes it, the registry trusts nothing that does not fit it.

import { z } from 'zod';

/** What is being forecast in a scoreboard, and against whom. */
export const SCORE_TARGETS = ['REALISED_VARIANCE', 'SQUARED_RETURN', 'PRICE_DIRECTION'] as const;
export const SCORE_BASELINES = ['EWMA_REALISED', 'RISK_METRICS', 'ALWAYS_UP'] as const;
export const SCORE_MEASURES = ['QLIKE', 'ERROR_RATE'] as const;

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const share = z.number().min(0).max(1);

const comparison = { days: z.number().int().positive(), model: z.number(), baseline: z.number(), improvementPercent: z.number() };

const scoreboard = z.strictObject({
  target: z.enum(SCORE_TARGETS),
  baselineName: z.enum(SCORE_BASELINES),
  measure: z.enum(SCORE_MEASURES),
  ...comparison,
  /** Diebold-Mariano statistic of baseline loss minus model loss. */
  tStatistic: z.number(),
  from: date,
  to: date,
  method: z.string(),
  periods: z.array(z.strictObject({ name: z.string(), ...comparison })),
});
export type Scoreboard = z.infer<typeof scoreboard>;

const claims = z.strictObject({ days: z.number().int().nonnegative(), hitRate: share, baseRate: share });
export type ClaimRecord = z.infer<typeof claims>;

const common = {
  id: z.string().regex(/^[a-z0-9-]+-\d+\.\d+\.\d+$/),
  name: z.string().regex(/^[a-z0-9-]{1,64}$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  description: z.string(),
  file: z.string().regex(/^[a-z-]+\.(onnx|json)$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  features: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  metrics: z.array(z.strictObject({ name: z.string(), value: z.number() })),
  scoreboards: z.array(scoreboard),
};

export const volatilityManifest = z.strictObject({
  kind: z.literal('VOLATILITY'),
  ...common,
  trainedThrough: date,
  command: z.string(),
  data: z.strictObject({ name: z.string(), source: z.string(), licence: z.string(), from: date, to: date, bars: z.number().int() }),
  /** What the file was written from: the reference implementation uses it, and so does the claim of a signal. */
  parameters: z.strictObject({
    coefficients: z.array(z.number()), residualDeviation: z.number().positive(), lowerResidual: z.number(), upperResidual: z.number(), returnScale: z.number().positive(),
  }),
  /** How often claims came true in the walk-forward. */
  claims: z.strictObject({ RISING: claims, FALLING: claims }),
});
export type VolatilityManifest = z.infer<typeof volatilityManifest>;

export const sentimentManifest = z.strictObject({ kind: z.literal('SENTIMENT'), ...common });
export type SentimentManifest = z.infer<typeof sentimentManifest>;

export const manifest = z.discriminatedUnion('kind', [volatilityManifest, sentimentManifest]);
export type Manifest = z.infer<typeof manifest>;
