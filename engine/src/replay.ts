// From a journal to a core: every command applied in order, the events handed on. Recovery, snapshots, `verify` and
// backtests on a recorded tape are this one loop. Small blocks are gathered, so that a journal of single commands costs
// about what one of full blocks does.

import { COMMAND } from '@mib/proto/layout-command';
import { RECORD_BYTES, RECORD_NUMBERS } from '@mib/proto/layout-record';
import type { Core } from './core/core.ts';
import type { JournalReader } from './journal/journal-reader.ts';
import type { HistoryPoint } from './snapshot/snapshot-format.ts';

/** Results or events gathered before they are handed on. */
const GATHERED_RECORDS = 4_096;

export interface ReplayOptions {
  /** Stops before the first block that goes beyond this command. */
  readonly through?: number;
  /** Gets the events as bytes, in order, valid during the call. */
  readonly onEvents: (records: Uint8Array) => void;
}

/**
 * Applies what `reader` gives to a core that stands at `point`.
 *
 * @returns the point where it ended.
 */
export function replay(start: { readonly core: Core; readonly point: HistoryPoint; readonly reader: JournalReader }, options: ReplayOptions): HistoryPoint {
  const { core, reader } = start;
  const { through = Infinity, onEvents } = options;
  let { lastSequence, lastTimestampNs, chainCrc } = start.point;
  for (let block = reader.next(); block && reader.lastSequence <= through; block = reader.next()) {
    core.apply(block.views, block.first, block.count);
    lastSequence = reader.lastSequence;
    chainCrc = reader.chainCrc;
    lastTimestampNs = block.views.longs[(block.first + block.count - 1) * RECORD_NUMBERS + COMMAND.TIMESTAMP_LONG]!;
    if (core.output.eventCount >= GATHERED_RECORDS || core.output.resultCount >= GATHERED_RECORDS) handOn(core, onEvents);
  }
  handOn(core, onEvents);
  return { lastSequence, lastEventSequence: core.lastEventSequence, lastTimestampNs, chainCrc };
}

function handOn(core: Core, onEvents: (records: Uint8Array) => void): void {
  const { output } = core;
  if (output.eventCount > 0) onEvents(output.events.bytes.subarray(0, output.eventCount * RECORD_BYTES));
  output.clear();
}
