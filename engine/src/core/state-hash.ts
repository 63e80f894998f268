// One hash over the whole state, for comparing a recovered engine with a replay. The sections themselves are hashed with
// their names: equal command sequences leave equal bytes, free places included.

import { createHash } from 'node:crypto';
import { imageOf } from './state-image.ts';
import type { State } from './state.ts';

const HEX_DIGITS = 16;

export function stateHash(state: State): string {
  const hash = createHash('sha256');
  imageOf(state, ({ name, bytes }) => hash.update(`${name} ${bytes.byteLength}\n`).update(bytes));
  return hash.digest('hex').slice(0, HEX_DIGITS);
}
