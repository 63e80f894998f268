// Who sits where on the two rings.
//
//   input:   gateway (main thread) ─► journal ─► core ─► frees the slot for the gateway
//   output:  core ─► publisher (main thread) ─► frees the slot for the core

import { RECORD_BYTES } from '@mib/proto/layout-record';
import { allocateRing } from '../ring/allocate-ring.ts';
import type { RingMemory } from '../ring/ring-memory.ts';

export type InputRing = RingMemory<'journal' | 'core'>;
export type OutputRing = RingMemory<'publisher'>;

/** 8 MiB: a full ring is a few tens of milliseconds of commands. */
const INPUT_SLOTS = 65_536;
/** A command makes a result and a few events. */
const OUTPUT_SLOTS = 65_536;

/** Stands over the kind of a command that could not be made durable; the core passes over it. */
export const STRUCK_OUT = 0;

export function allocateRings(): { readonly input: InputRing; readonly output: OutputRing } {
  return {
    input: allocateRing({ slotCount: INPUT_SLOTS, slotBytes: RECORD_BYTES, consumers: { journal: [], core: ['journal'] } }),
    output: allocateRing({ slotCount: OUTPUT_SLOTS, slotBytes: RECORD_BYTES, consumers: { publisher: [] } }),
  };
}
