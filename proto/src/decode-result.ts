// From a result record of 64 bytes to the value that `submit` resolves with.

import { COMMAND_STATUSES, fromCode, REJECT_CODES } from './engine-codes.ts';
import type { CommandResult } from './engine-commands.ts';
import type { RecordViews } from './layout-record.ts';
import { RESULT, RESULT_HAS_LIMIT, RESULT_HAS_OBSERVED, RESULT_REPLAYED } from './layout-result.ts';

/** @param word - index of the record's first word; even, records being whole multiples of 8 bytes. */
export function decodeResult(views: RecordViews, word: number): CommandResult {
  const { words, numbers, longs } = views;
  const number = word / 2;
  const outcome = words[word + RESULT.OUTCOME]!;
  const flags = (outcome >> 16) & 0xff;
  const code = fromCode(REJECT_CODES, outcome & 0xff);
  const status = fromCode(COMMAND_STATUSES, (outcome >> 8) & 0xff);
  if (!code || !status) throw new Error(`result ${numbers[number + RESULT.SEQUENCE_NUMBER]} has unknown outcome ${outcome}`);
  return {
    sequence: numbers[number + RESULT.SEQUENCE_NUMBER]!,
    timestampNs: longs[number + RESULT.TIMESTAMP_LONG]!,
    code,
    replayed: (flags & RESULT_REPLAYED) !== 0,
    orderId: numbers[number + RESULT.ORDER_ID_NUMBER]!,
    status,
    filledLots: words[word + RESULT.FILLED]!,
    limit: flags & RESULT_HAS_LIMIT ? numbers[number + RESULT.LIMIT_NUMBER]! : null,
    observed: flags & RESULT_HAS_OBSERVED ? numbers[number + RESULT.OBSERVED_NUMBER]! : null,
    lastEventSequence: numbers[number + RESULT.LAST_EVENT_NUMBER]!,
  };
}
