// How every client's connection to the engine is set up.

import type { ChannelOptions, ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import type { EngineClient, SubmitPackedRequest, SubmitPackedResponse } from '../generated/mib/engine/v1/engine.ts';
import { FLOW_CONTROL_WINDOW_BYTES, PACKED_METHOD } from '../packed-messages.ts';

/** A connection lost is looked for again soon: engine and clients share one machine. */
const RECONNECT_MAX_MS = 1_000;
/** A message of 4096 results or 1000-level books of many instruments fits easily. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** An engine that does not answer a ping is gone, even if its machine went without a word. Longer than a pause of the engine. */
const KEEPALIVE_TIME_MS = 5_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

export const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
  'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
  'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
  'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  'grpc.use_local_subchannel_pool': 1,
  'grpc-node.flow_control_window': FLOW_CONTROL_WINDOW_BYTES,
};

export type PackedStream = ClientDuplexStream<SubmitPackedRequest, SubmitPackedResponse>;

export function openPackedStream(client: EngineClient, metadata: Metadata): PackedStream {
  return client.makeBidiStreamRequest(PACKED_METHOD.path, PACKED_METHOD.requestSerialize, PACKED_METHOD.responseDeserialize, metadata);
}
