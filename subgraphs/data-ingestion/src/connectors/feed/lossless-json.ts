// JSON whose numbers stay the text the venue wrote: a price read through a binary float is not the venue's price any more,
// and loses the trailing zeros that a checksum counts.

import { parse } from 'lossless-json';
import { DecodeError } from './feed-error.ts';

/**
 * @returns the value with every number as a string.
 * @throws {DecodeError} for anything that is not JSON, or nested too deeply to be read.
 */
export function parseLossless(text: string): unknown {
  try {
    return parse(text, undefined, (number) => number);
  } catch (error) {
    throw new DecodeError(`a frame must be JSON (${(error as Error).message})`, text);
  }
}
