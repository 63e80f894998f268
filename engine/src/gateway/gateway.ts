// The gRPC door: eight calls and the health service. Every handler is a line or two; the work is in the files beside.

import { Server, ServerCredentials, type sendUnaryData, type ServerUnaryCall } from '@grpc/grpc-js';
import { hostInAddress } from '@mib/model/loopback';
import { checkInteger, checkLevels } from '@mib/proto/command-rules';
import { EngineService, type EngineServer } from '@mib/proto/generated/mib/engine/v1/engine';
import { FLOW_CONTROL_WINDOW_BYTES, PACKED_METHOD } from '@mib/proto/packed-messages';
import { HealthService } from '@mib/proto/generated/grpc/health/v1/health';
import type { EngineStatusReader } from '../engine-status.ts';
import { asStatus } from './as-status.ts';
import type { Authorize } from './authorize.ts';
import { encodeAccount, encodeBook, encodeQuote, encodeResult } from './encode-views.ts';
import type { EventReaders } from './event-readers.ts';
import { setConnectionWindow, setStreamWindow } from './flow-control.ts';
import { serveHealth } from './grpc-health.ts';
import { parseCommand } from './parse-command.ts';
import { UNAUTHENTICATED } from './refusals.ts';
import type { ResultRouter } from './result-router.ts';
import { serverTls, type TlsFiles } from './server-tls.ts';
import type { StateReader } from './state-reader.ts';

/** Instruments or accounts asked for in one read. */
const MAX_NUMBERS = 1_024;
/** A packed message of 4096 commands is half of it. */
const MAX_RECEIVE_BYTES = 1024 * 1024;
/** Books of MAX_LEVELS_PER_READ levels, accounts with many positions. */
const MAX_SEND_BYTES = 16 * 1024 * 1024;
/** A peer that does not answer a ping is gone, and what it held is freed. */
const KEEPALIVE: Keepalive = { everyMs: 10_000, answerMs: 5_000 };
/** Calls open at once on one connection, streams included; HTTP/2 makes the client queue the next. Above what the unary door takes. */
export const MAX_CALLS_PER_CONNECTION = 8_192;
/** What open calls get to end by themselves when the engine drains: the commands under way, then the events they made. */
const DRAIN_MS = 5_000;

const SERVER_OPTIONS = {
  'grpc.max_receive_message_length': MAX_RECEIVE_BYTES,
  'grpc.max_send_message_length': MAX_SEND_BYTES,
  'grpc.max_concurrent_streams': MAX_CALLS_PER_CONNECTION,
};

interface Keepalive {
  readonly everyMs: number;
  readonly answerMs: number;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  /** Files of the door's certificate; plaintext without. */
  readonly tls: TlsFiles | undefined;
  readonly authorize: Authorize;
  readonly results: ResultRouter;
  readonly state: StateReader;
  readonly readers: EventReaders;
  readonly status: EngineStatusReader;
  readonly isReady: () => boolean;
  /** Shorter ones for tests. */
  readonly keepalive?: Keepalive;
}

export interface Gateway extends AsyncDisposable {
  /** `host:port` as bound. */
  readonly address: string;
  /** Drains: no new connection, GOAWAY on the open ones, what is under way answered, then every stream ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const host = hostInAddress(options.host);
  const tls = options.tls && serverTls(options.tls);
  const draining = new AbortController();
  const { everyMs, answerMs } = options.keepalive ?? KEEPALIVE;
  const server = new Server({ ...SERVER_OPTIONS, 'grpc.keepalive_time_ms': everyMs, 'grpc.keepalive_timeout_ms': answerMs });
  setStreamWindow(server, FLOW_CONTROL_WINDOW_BYTES);
  server.addService({ ...EngineService, submitPacked: PACKED_METHOD }, engineService(options));
  server.addService(HealthService, serveHealth(options.isReady, draining.signal));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host}:${options.port}`, tls?.credentials ?? ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  setConnectionWindow(server, FLOW_CONTROL_WINDOW_BYTES);
  return {
    address: `${host}:${port}`,
    async [Symbol.asyncDispose]() {
      const force = setTimeout(() => server.forceShutdown(), DRAIN_MS);
      const shut = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      draining.abort();
      void options.results.drain().then(() => options.readers.drain());
      await shut;
      clearTimeout(force);
      tls?.[Symbol.dispose]();
    },
  };
}

function engineService(options: GatewayOptions): EngineServer {
  const { authorize, results, state } = options;
  return {
    submit: unary(authorize, async (request, call) => encodeResult(await results.submit(parseCommand(request), call))),
    submitPacked(call) {
      if (authorize(call.metadata)) results.openStream(call);
      else call.emit('error', UNAUTHENTICATED);
    },
    streamEvents(call) {
      if (authorize(call.metadata)) void options.readers.serve(call);
      else call.emit('error', UNAUTHENTICATED);
    },
    getBooks: unary(authorize, async ({ instrumentNumbers, depth }) => {
      checkLevels(instrumentNumbers.length, depth);
      return { books: (await state.ask<'books'>({ kind: 'books', numbers: checkNumbers(instrumentNumbers), depth })).map(encodeBook) };
    }),
    getQuotes: unary(authorize, async ({ instrumentNumbers }) => {
      return { quotes: (await state.ask<'quotes'>({ kind: 'quotes', numbers: checkNumbers(instrumentNumbers) })).map(encodeQuote) };
    }),
    getAccounts: unary(authorize, async ({ accountNumbers }) => {
      const answer = await state.ask<'accounts'>({ kind: 'accounts', numbers: checkNumbers(accountNumbers) });
      return { accounts: answer.accounts.map(encodeAccount), eventSequence: BigInt(answer.eventSequence) };
    }),
    listInstruments: unary(authorize, async () => ({ instruments: [...(await state.ask<'instruments'>({ kind: 'instruments' }))] })),
    getStatus: unary(authorize, ({ withoutStateHash }) => options.status.read(!withoutStateHash)),
  };
}

/** Turns an async function into a handler. */
function unary<Request, Response>(authorize: Authorize, handle: (request: Request, call: ServerUnaryCall<Request, Response>) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    if (!authorize(call.metadata)) return callback(UNAUTHENTICATED);
    handle(call.request, call).then(
      (response) => callback(null, response),
      (error: unknown) => callback(asStatus(error)),
    );
  };
}

function checkNumbers(numbers: readonly number[]): readonly number[] {
  checkInteger('count of numbers', numbers.length, 0, MAX_NUMBERS);
  return numbers;
}
