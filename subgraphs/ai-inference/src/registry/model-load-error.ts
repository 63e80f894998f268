// Why a model is refused at the start. A closed list: an operator's alert can rely on it.

export const MODEL_LOAD_CODES = [
  /** The manifest is missing, no JSON or not of the expected form. */
  'MANIFEST_INVALID',
  /** The file is missing. */
  'FILE_MISSING',
  /** The file is not the one that the manifest speaks of. */
  'CHECKSUM_MISMATCH',
  /** The file is genuine and still does not load as a model of its kind. */
  'FILE_INVALID',
  /** The database knows this version with another file. */
  'VERSION_CHANGED',
  /** There is no model of a kind that the service needs. */
  'KIND_MISSING',
] as const;
export type ModelLoadCode = (typeof MODEL_LOAD_CODES)[number];

export class ModelLoadError extends Error {
  override readonly name = 'ModelLoadError';
  readonly code: ModelLoadCode;

  constructor(code: ModelLoadCode, model: string, detail: string, cause?: unknown) {
    super(`model ${model} refused (${code}): ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
