// The client over grpc-js: one channel, the bearer token on every call, deadlines on reads, and each part in its own file.

import { Metadata, type ClientUnaryCall, type ServiceError } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';
import { checkInteger, MAX_DEPTH, MAX_LEVELS_PER_READ } from '../command-rules.ts';
import type { EngineClient } from '../engine-client.ts';
import type { BookSnapshot } from '../engine-views.ts';
import { EngineClient as GrpcClient } from '../generated/mib/engine/v1/engine.ts';
import { decodeAccount, decodeBook, decodeQuote, decodeStatus } from './decode-views.ts';
import { engineCredentials, type EngineConnection } from './engine-credentials.ts';
import { EngineUnavailableError } from './engine-unavailable-error.ts';
import { followEvents } from './event-follower.ts';
import { PackedSubmitter } from './packed-submitter.ts';

/** Reads answer in well under a millisecond; an engine that takes this long is down for its caller. */
const READ_TIMEOUT_MS = 5_000;
/** A connection lost is looked for again soon: engine and clients share one machine. */
const RECONNECT_MAX_MS = 1_000;
/** A message of 4096 results or 1000-level books of many instruments fits easily. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** An engine that does not answer a ping is gone, even if its machine went without a word. Longer than a pause of the engine. */
const KEEPALIVE_TIME_MS = 5_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;

export function connectGrpc(options: EngineConnection): EngineClient {
  const grpc = new GrpcClient(options.address, engineCredentials(options), {
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.min_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    'grpc.use_local_subchannel_pool': 1,
  });
  const metadata = new Metadata();
  if (options.token) metadata.set('authorization', `Bearer ${options.token}`);
  const submitter = new PackedSubmitter(() => grpc.submitPacked(metadata));
  const read = <Request, Response>(method: UnaryMethod<Request, Response>, request: Request): Promise<Response> => callUnary(method.bind(grpc), request, withTrace(metadata));

  return {
    submit: (command) => submitter.submit(command),
    events: (follow) => followEvents((request) => grpc.streamEvents(request, metadata), follow),
    async books(instrumentNumbers, depth) {
      checkInteger('depth', depth, 1, MAX_DEPTH);
      const books: BookSnapshot[] = [];
      const atOnce = Math.floor(MAX_LEVELS_PER_READ / (2 * depth));
      for (let from = 0; from < instrumentNumbers.length; from += atOnce) {
        const response = await read(grpc.getBooks, { instrumentNumbers: instrumentNumbers.slice(from, from + atOnce), depth });
        books.push(...response.books.map(decodeBook));
      }
      return books;
    },
    async quotes(instrumentNumbers) {
      return (await read(grpc.getQuotes, { instrumentNumbers: [...instrumentNumbers] })).quotes.map(decodeQuote);
    },
    async accounts(accountNumbers) {
      const response = await read(grpc.getAccounts, { accountNumbers: [...accountNumbers] });
      return response.accounts.map((account) => decodeAccount(account, Number(response.eventSequence)));
    },
    async instruments() {
      return (await read(grpc.listInstruments, {})).instruments;
    },
    async status(statusOptions) {
      return decodeStatus(await read(grpc.getStatus, { withoutStateHash: statusOptions?.stateHash === false }));
    },
    async [Symbol.asyncDispose]() {
      submitter.close();
      grpc.close();
    },
  };
}

/** The trace of the caller goes along with a read. Commands of many callers share one stream, whose metadata are nobody's. */
function withTrace(metadata: Metadata): Metadata {
  if (!trace.getSpanContext(context.active())) return metadata;
  const traced = metadata.clone();
  propagation.inject(context.active(), traced, { set: (carrier, name, value) => carrier.set(name, value) });
  return traced;
}

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

function callUnary<Request, Response>(method: UnaryMethod<Request, Response>, request: Request, metadata: Metadata): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, metadata, { deadline: Date.now() + READ_TIMEOUT_MS }, (error, response) => {
      if (error) reject(new EngineUnavailableError(`engine is unavailable: ${error.details || error.message}`, { sent: true, cause: error }));
      else resolve(response);
    });
  });
}
