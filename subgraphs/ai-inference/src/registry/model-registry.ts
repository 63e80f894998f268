// The models this process runs: files verified, versions registered, one current model of each kind.

import type pg from 'pg';
import { SentimentModel } from '../domain/sentiment-model.ts';
import { registerModels } from '../store/model-rows.ts';
import type { SentimentManifest, VolatilityManifest } from './manifest.ts';
import { readModelFiles, type ModelFile } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';
import { VolatilityModel } from './volatility-model.ts';

export interface ModelRegistry extends AsyncDisposable {
  readonly volatility: VolatilityModel;
  readonly sentiment: { readonly id: string; readonly model: SentimentModel };
  isCurrent(modelId: string): boolean;
}

/**
 * Loads and registers every model of the directory; of several versions of a kind the highest is current.
 *
 * @throws {ModelLoadError} when any of them is not what it claims to be, or a kind is missing.
 */
export async function openModelRegistry(pool: pg.Pool, directory: string): Promise<ModelRegistry> {
  const files = await readModelFiles(directory);
  const volatilityFile = newest<VolatilityManifest>(files, 'VOLATILITY');
  const sentimentFile = newest<SentimentManifest>(files, 'SENTIMENT');
  const sentiment = { id: sentimentFile.manifest.id, model: parseSentiment(sentimentFile) };
  const volatility = await VolatilityModel.load(volatilityFile);
  await registerModels(pool, files.map((file) => file.manifest));
  return {
    volatility,
    sentiment,
    isCurrent: (modelId) => modelId === volatility.manifest.id || modelId === sentiment.id,
    [Symbol.asyncDispose]: () => volatility[Symbol.asyncDispose](),
  };
}

function parseSentiment({ manifest, bytes }: ModelFile): SentimentModel {
  try {
    return SentimentModel.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ModelLoadError('FILE_INVALID', manifest.id, error instanceof Error ? error.message : String(error), error);
  }
}

function newest<M extends VolatilityManifest | SentimentManifest>(files: readonly ModelFile[], kind: M['kind']): ModelFile<M> {
  const candidates = files.filter(({ manifest }) => manifest.kind === kind).sort((a, b) => compareVersions(a.manifest.version, b.manifest.version));
  const last = candidates.at(-1);
  if (!last) throw new ModelLoadError('KIND_MISSING', kind, 'no such model in the models directory');
  return last as ModelFile<M>;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const differing = left!.findIndex((part, index) => part !== right![index]);
  return differing < 0 ? 0 : left![differing]! - right![differing]!;
}
