// What an operator may change while this service runs; the environment says what holds until then.

import { subgraphVariables } from '@mib/service/config';
import { z } from 'zod';
import type { Config } from './config.ts';
import type { VenueSettings } from './connectors/simulated-venue/simulated-venue.ts';

export function liveKeys({ logLevel, simulatedVenue }: Config) {
  return {
    'platform.log-level': { schema: subgraphVariables.shape.LOG_LEVEL.removeDefault(), default: logLevel },
    'data-ingestion.simulated-rate': { schema: z.number().int().min(1).max(1_000), default: simulatedVenue.commandsPerSecond },
    'data-ingestion.simulated-seed': { schema: z.number().int().min(0).max(2 ** 31 - 1), default: simulatedVenue.seed },
  };
}

export function venueSettings(values: { readonly 'data-ingestion.simulated-rate': number; readonly 'data-ingestion.simulated-seed': number }): VenueSettings {
  return { commandsPerSecond: values['data-ingestion.simulated-rate'], seed: values['data-ingestion.simulated-seed'] };
}
