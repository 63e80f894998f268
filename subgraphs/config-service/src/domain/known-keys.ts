// Everything that can be configured: a closed list that ships with the release, because a key is worth something only
// when code reads it. To add one, add a row here and a LiveKey in the service that applies it (packages/service
// live-config.ts); the service checks values again, so the two may never agree on less than both demand.

import { ClientError } from '@mib/service/errors';
import type { Scope } from './entry.ts';
import { FLAG_PREFIX, FLAG_SCHEMA, isFlagName } from './feature-flag.ts';

export interface KnownKey {
  readonly key: string;
  readonly description: string;
  readonly scopes: readonly Scope[];
  /** JSON Schema, draft 2020-12. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Absent: no value while nobody has set one. */
  readonly default?: unknown;
  /** Encrypted at rest and on the bus, never shown again. */
  readonly sensitive?: true;
  /** Services that apply it; the ids that SERVICE scope may have. */
  readonly appliedBy: readonly string[];
}

export type KnownKeys = ReadonlyMap<string, KnownKey>;

/** IndicatorKind of data-processor's schema: a client reads these from the graph, so a name too many harms nobody. */
const INDICATORS = [
  'SMA', 'EMA', 'WMA', 'DEMA', 'TEMA', 'HMA', 'KAMA', 'RSI', 'STOCHRSI', 'CMO', 'STOCH', 'WILLR', 'CCI', 'ULTOSC', 'MOM', 'ROC',
  'TRIX', 'MACD', 'PPO', 'BBANDS', 'KELTNER', 'DONCHIAN', 'STDDEV', 'LINEARREG', 'LINEARREG_SLOPE', 'TRANGE', 'ATR', 'NATR',
  'PLUS_DI', 'MINUS_DI', 'DX', 'ADX', 'AROON', 'SAR', 'SUPERTREND', 'ICHIMOKU', 'PIVOTS', 'OBV', 'AD', 'CMF', 'MFI', 'VWAP',
];

const CLIENTS: readonly string[] = [];

export const KNOWN_KEYS: KnownKeys = registry([
  {
    key: 'platform.log-level',
    description: 'The least severe log lines that are written.',
    scopes: ['GLOBAL', 'SERVICE'],
    schema: { type: 'string', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] },
    default: 'info',
    appliedBy: ['core-engine', 'data-ingestion'],
  },
  {
    key: 'core-engine.stale-after-seconds',
    description: 'Silence after which a quote is called STALE, or CLOSED when nothing rests.',
    scopes: ['SERVICE'],
    schema: { type: 'integer', minimum: 1, maximum: 3_600 },
    default: 30,
    appliedBy: ['core-engine'],
  },
  {
    key: 'data-ingestion.simulated-rate',
    description: 'Commands a second that the simulated venue sends for each instrument.',
    scopes: ['SERVICE'],
    schema: { type: 'integer', minimum: 1, maximum: 1_000 },
    default: 15,
    appliedBy: ['data-ingestion'],
  },
  {
    key: 'data-ingestion.simulated-seed',
    description: 'Where the randomness of the simulated venue begins. Sensitive, because who knows it knows the next prices.',
    scopes: ['SERVICE'],
    schema: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
    sensitive: true,
    appliedBy: ['data-ingestion'],
  },
  {
    key: 'user.theme',
    description: 'Colours of the console.',
    scopes: ['USER'],
    schema: { type: 'string', enum: ['light', 'dark', 'system'] },
    default: 'system',
    appliedBy: CLIENTS,
  },
  {
    key: 'user.locale',
    description: 'Language and formats, a BCP 47 tag such as de-CH.',
    scopes: ['USER'],
    schema: { type: 'string', maxLength: 35, pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$' },
    default: 'en',
    appliedBy: CLIENTS,
  },
  {
    key: 'user.time-zone',
    description: 'Time zone of displayed times, an IANA name such as Europe/Zurich.',
    scopes: ['USER'],
    schema: { type: 'string', maxLength: 64, pattern: '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$' },
    default: 'UTC',
    appliedBy: CLIENTS,
  },
  {
    key: 'user.chart',
    description: 'What a chart shows when it opens.',
    scopes: ['USER'],
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        interval: { type: 'string', enum: ['S1', 'M1', 'M5', 'M15', 'M30', 'H1', 'H4', 'D1', 'W1', 'MO1'] },
        indicators: { type: 'array', maxItems: 10, items: { type: 'string', enum: INDICATORS } },
      },
    },
    default: { interval: 'M5', indicators: [] },
    appliedBy: CLIENTS,
  },
]);

export function registry(keys: readonly KnownKey[]): KnownKeys {
  return new Map(keys.map((known) => [known.key, known]));
}

/**
 * The definition of a key; every flag is a GLOBAL entry of one schema.
 *
 * @throws {ClientError} NOT_FOUND
 */
export function requireKey(keys: KnownKeys, key: string): KnownKey {
  const known = keys.get(key) ?? flagKey(key);
  if (!known) throw new ClientError('NOT_FOUND', `key must be one of configKeys, was ${JSON.stringify(key.slice(0, 80))}`, { field: ['key'] });
  return known;
}

function flagKey(key: string): KnownKey | undefined {
  if (!key.startsWith(FLAG_PREFIX) || !isFlagName(key.slice(FLAG_PREFIX.length))) return undefined;
  return { key, description: 'A feature flag.', scopes: ['GLOBAL'], schema: FLAG_SCHEMA, appliedBy: CLIENTS };
}
