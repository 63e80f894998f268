// The client over grpc-js: one channel, the bearer token on every call, deadlines on reads, and each part in its own file.

import { Metadata, type ClientUnaryCall, type ServiceError } from '@grpc/grpc-js';
import { context, propagation, trace } from '@opentelemetry/api';
import { checkInteger, MAX_DEPTH, MAX_LEVELS_PER_READ } from '../command-rules.ts';
import type { EngineClient } from '../engine-client.ts';
import type { BookSnapshot } from '../engine-views.ts';
import { EngineClient as GrpcClient } from '../generated/mib/engine/v1/engine.ts';
import { CHANNEL_OPTIONS, openPackedStream } from './channel-options.ts';
import { decodeAccount, decodeBook, decodeQuote, decodeStatus } from './decode-views.ts';
import { engineCredentials, type EngineConnection } from './engine-credentials.ts';
import { EngineUnavailableError } from './engine-unavailable-error.ts';
import { followEvents } from './event-follower.ts';
import { PackedSubmitter } from './packed-submitter.ts';

/** Reads answer in well under a millisecond; an engine that takes this long is down for its caller. */
const READ_TIMEOUT_MS = 5_000;

export function connectGrpc(options: EngineConnection): EngineClient {
  const grpc = new GrpcClient(options.address, engineCredentials(options), CHANNEL_OPTIONS);
  const metadata = new Metadata();
  if (options.token) metadata.set('authorization', `Bearer ${options.token}`);
  const submitter = new PackedSubmitter(() => openPackedStream(grpc, metadata));
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
