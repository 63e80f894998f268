// The environment of data-ingestion; the only file that reads it.

import { readFileSync } from 'node:fs';
import { ConfigError, engineConnection, engineVariables, integerVariable, readConfig, subgraphVariables } from '@mib/service/config';
import { z } from 'zod';
import { FeedSettingsError, mergeFeeds, parseFeeds, parseFeedsFile, type FeedSettings } from './feeds/feed-settings.ts';

const VARIABLES = subgraphVariables.extend({
  ...engineVariables.shape,
  /** Where `file:` imports may read; none means they are refused. */
  MIB_IMPORT_DIR: z.string().optional(),
  /** Whether the simulated venue runs until an operator says otherwise. */
  MIB_SIMULATED_VENUE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  /** Commands a second and instrument. */
  MIB_SIMULATED_RATE: integerVariable(1, 1_000).default(15),
  MIB_SIMULATED_SEED: integerVariable(0, 2 ** 31 - 1).default(1),
  /** Outside sources, `provider:symbol` with commas between, for example `binance:BTCUSDT,kraken:BTC/USD`. */
  MIB_FEEDS: z.string().default(''),
  /** The same and more in a JSON file. */
  MIB_FEEDS_FILE: z.string().optional(),
  MIB_ALPACA_KEY: z.string().optional(),
  MIB_ALPACA_SECRET: z.string().optional(),
});

export type Config = ReturnType<typeof readIngestionConfig>;

export function readIngestionConfig(env: NodeJS.ProcessEnv) {
  const variables = readConfig(VARIABLES, env);
  return {
    host: variables.HOST,
    port: variables.PORT,
    databaseUrl: variables.DATABASE_URL,
    kafkaBrokers: variables.KAFKA_BROKERS,
    internalSecret: variables.MIB_INTERNAL_SECRET,
    logLevel: variables.LOG_LEVEL,
    engine: engineConnection(variables),
    importDirectory: variables.MIB_IMPORT_DIR,
    feeds: readFeeds(variables),
    simulatedVenue: { enabled: variables.MIB_SIMULATED_VENUE === 'on', commandsPerSecond: variables.MIB_SIMULATED_RATE, seed: variables.MIB_SIMULATED_SEED },
  };
}

/** @throws {ConfigError} naming the variable and the value. */
function readFeeds({ MIB_FEEDS, MIB_FEEDS_FILE, MIB_ALPACA_KEY, MIB_ALPACA_SECRET }: z.infer<typeof VARIABLES>): readonly FeedSettings[] {
  const named = (name: string, read: () => readonly FeedSettings[]): readonly FeedSettings[] => {
    try {
      return read();
    } catch (error) {
      if (error instanceof FeedSettingsError) throw new ConfigError(`${name}: ${error.message}`);
      if (error instanceof Error && 'syscall' in error) throw new ConfigError(`${name} cannot be read: ${error.message}`);
      throw error;
    }
  };
  const given = named('MIB_FEEDS', () => parseFeeds(MIB_FEEDS));
  const filed = MIB_FEEDS_FILE === undefined ? [] : named('MIB_FEEDS_FILE', () => parseFeedsFile(readFileSync(MIB_FEEDS_FILE, 'utf8')));
  const credentials = MIB_ALPACA_KEY !== undefined && MIB_ALPACA_SECRET !== undefined ? { key: MIB_ALPACA_KEY, secret: MIB_ALPACA_SECRET } : undefined;
  return mergeFeeds([...filed, ...given]).map((feed) => (feed.provider === 'alpaca' && credentials ? { ...feed, credentials } : feed));
}
