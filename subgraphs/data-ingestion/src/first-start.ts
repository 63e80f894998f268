// Makes an empty database a useful one: the simulated venue, the sample instruments with their real history, and news that
// are invented and say so, through the same imports that a user has. Each step looks first whether it is done, so an interrupted first start goes on.

import type { Logger } from '@mib/service/logger';
import { instrumentId } from './domain/instrument.ts';
import { NEWS_SAMPLE, SAMPLES, type Sample } from './domain/samples.ts';
import { FIRST_VENUES } from './domain/venue.ts';
import { importHistory, MAX_RUNNING_IMPORTS, type ImportDependencies } from './import-history.ts';
import { importNews } from './import-news.ts';
import { latestCloses } from './store/bars.ts';
import { hasSyntheticNews } from './store/news.ts';

export async function prepareDatabase(dependencies: ImportDependencies, logger: Logger): Promise<void> {
  for (const venue of FIRST_VENUES) await dependencies.instruments.addVenue(venue);
  // One after the other: the numbers that instruments get are the same on every machine.
  for (const sample of SAMPLES) await dependencies.instruments.add(sample.instrument);
  const samples = SAMPLES.values();
  const lane = async (): Promise<void> => {
    for (const sample of samples) await prepareSample(dependencies, sample, logger);
  };
  await Promise.all(Array.from({ length: MAX_RUNNING_IMPORTS }, lane));
  await prepareNews(dependencies, logger);
}

async function prepareSample(dependencies: ImportDependencies, sample: Sample, logger: Logger): Promise<void> {
  const { symbol, venueId } = sample.instrument;
  const [instrument] = await dependencies.instruments.byIds([instrumentId(symbol, venueId)]);
  if (!instrument || (await latestCloses(dependencies.pool, instrument.number, 'D1', 1)).length > 0) return;
  const { report } = await importHistory(dependencies, { uri: `sample:${sample.name}`, symbol, venueId, interval: 'D1' });
  const { importedRows, duplicateRows, rejectedRows } = report;
  logger.info({ instrumentId: instrument.id, importedRows, duplicateRows, rejectedRows }, 'sample imported');
}

async function prepareNews(dependencies: ImportDependencies, logger: Logger): Promise<void> {
  if (!dependencies.health.enabled || (await hasSyntheticNews(dependencies.pool))) return;
  logger.info(await importNews(dependencies, `sample:${NEWS_SAMPLE.name}`), 'synthetic news imported');
}
