// A result record: the first 64 bytes travel, the rest of its 128-byte ring slot tells the gateway where to.
//
//   word 0 kind (RESULT_KIND)  1 requestId  2-3 sequence  4-5 timestampNs  6 code | status << 8 | flags << 16
//        7 filledLots  8-9 orderId  10-11 lastEventSequence  12-13 limit  14-15 observed
//        16 stream  18-19 received (milliseconds, monotonic)  20-21 when the next order expires (Unix microseconds, 0 never)

export const RESULT_BYTES = 64;
export const RESULT_WORDS = RESULT_BYTES / 4;
/** Tells a result from an event in the output ring. */
export const RESULT_KIND = 255;

export const RESULT = {
  KIND: 0,
  REQUEST_ID: 1,
  SEQUENCE_NUMBER: 1,
  TIMESTAMP: 4,
  TIMESTAMP_LONG: 2,
  OUTCOME: 6,
  FILLED: 7,
  ORDER_ID_NUMBER: 4,
  LAST_EVENT_NUMBER: 5,
  LIMIT_NUMBER: 6,
  OBSERVED_NUMBER: 7,
  STREAM: 16,
  RECEIVED_NUMBER: 9,
  DUE_NUMBER: 10,
} as const;

export const RESULT_REPLAYED = 1;
export const RESULT_HAS_LIMIT = 2;
export const RESULT_HAS_OBSERVED = 4;
