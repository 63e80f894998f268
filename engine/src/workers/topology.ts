// Who sits where on the two rings.
//
//   input:   GATEWAY (main thread) ─► JOURNAL ─► CORE ─► frees the slot for GATEWAY
//   output:  CORE ─► PUBLISHER (main thread) ─► frees the slot for CORE

export const INPUT = { GATEWAY: 0, JOURNAL: 1, CORE: 2, PARTIES: 3 } as const;
export const OUTPUT = { CORE: 0, PUBLISHER: 1, PARTIES: 2 } as const;

/** 8 MiB: a full ring is a few tens of milliseconds of commands. */
export const INPUT_SLOTS = 65_536;
/** A command makes a result and a few events. */
export const OUTPUT_SLOTS = 65_536;
