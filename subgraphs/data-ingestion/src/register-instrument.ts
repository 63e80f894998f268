// Adds an instrument to the platform: stored, announced, and made known to the engine when it is tradable.

import { ClientError } from '@mib/service/errors';
import type { Instrument, InstrumentDefinition } from './domain/instrument.ts';
import type { InstrumentStore } from './store/instruments.ts';

export interface RegistrationDependencies {
  readonly instruments: InstrumentStore;
  readonly onInstrumentAdded: () => void;
}

/**
 * Registers a checked definition; the same one again answers with the existing instrument.
 *
 * @throws {ClientError} NOT_FOUND for an unknown venue, CONFLICT when the id has another definition.
 */
export async function registerInstrument({ instruments, onInstrumentAdded }: RegistrationDependencies, definition: InstrumentDefinition): Promise<Instrument> {
  const [venue] = await instruments.venues([definition.venueId]);
  if (!venue) throw new ClientError('NOT_FOUND', `there is no venue ${JSON.stringify(definition.venueId)}`, { field: ['input', 'venue'] });
  const { instrument, added } = await instruments.add(definition);
  if (added) onInstrumentAdded();
  const different = differences(definition, instrument);
  if (different.length === 0) return instrument;
  throw new ClientError('CONFLICT', `${instrument.id} is registered with another ${different.join(', ')}`, { field: ['input', 'symbol'] });
}

function differences(wanted: InstrumentDefinition, existing: InstrumentDefinition): string[] {
  const keys = ['name', 'assetClass', 'currency', 'tickSize', 'lotSize', 'cashScale', 'minNotional', 'tradable'] as const;
  // Identifiers may have been learnt since: a registration that names none does not contradict them.
  const identifiers = (['isin', 'figi', 'cik'] as const).filter((key) => wanted[key] !== null);
  return [...keys, ...identifiers].filter((key) => wanted[key] !== existing[key]);
}
