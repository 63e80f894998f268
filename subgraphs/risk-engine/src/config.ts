// The environment of this subgraph: what every subgraph knows, plus the engine.

import { engineVariables, readConfig, subgraphVariables } from '@mib/service/config';

export type Config = ReturnType<typeof loadConfig>;

export function loadConfig(env: NodeJS.ProcessEnv) {
  return readConfig(subgraphVariables.extend(engineVariables.shape), env);
}
