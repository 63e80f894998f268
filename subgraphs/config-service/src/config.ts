// The environment of config-service: what every subgraph knows and nothing else, for configuration lives in its tables.

import { readConfig, subgraphVariables } from '@mib/service/config';

export type Config = ReturnType<typeof readServiceConfig>;

/** @throws {ConfigError} naming the variable. */
export function readServiceConfig(env: NodeJS.ProcessEnv) {
  return readConfig(subgraphVariables, env);
}
