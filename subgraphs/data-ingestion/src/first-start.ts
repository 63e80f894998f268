// Makes an empty database a useful one: the simulated venue, the sample instruments and their real history, through the
// same import that a user has. Each step looks first whether it is done, so an interrupted first start goes on.

import type { Logger } from '@mib/service/logger';
import { SAMPLES } from './domain/samples.ts';
import { SIMULATED_VENUE } from './domain/venue.ts';
import { importHistory, type ImportDependencies } from './import-history.ts';
import { latestCloses } from './store/bars.ts';

export async function prepareDatabase(dependencies: ImportDependencies, logger: Logger): Promise<void> {
  const { instruments, pool } = dependencies;
  await instruments.addVenue(SIMULATED_VENUE);
  for (const sample of SAMPLES) {
    const { instrument } = await instruments.add(sample.instrument);
    if ((await latestCloses(pool, instrument.number, 'D1', 1)).length > 0) continue;
    const { symbol, venueId } = instrument;
    const { report } = await importHistory(dependencies, { uri: `sample:${sample.name}`, symbol, venueId, interval: 'D1' });
    const { importedRows, duplicateRows, rejectedRows } = report;
    logger.info({ instrumentId: instrument.id, importedRows, duplicateRows, rejectedRows }, 'sample imported');
  }
}
