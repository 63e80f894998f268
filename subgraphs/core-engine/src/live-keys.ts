// What an operator may change while this service runs; the environment says what holds until then.

import { subgraphVariables } from '@mib/service/config';
import { z } from 'zod';
import type { Config } from './config.ts';

export function liveKeys(config: Config) {
  return {
    'platform.log-level': { schema: subgraphVariables.shape.LOG_LEVEL.removeDefault(), default: config.logLevel },
    'core-engine.stale-after-seconds': { schema: z.number().int().min(1).max(3_600), default: config.staleAfterMs / 1_000 },
  };
}
