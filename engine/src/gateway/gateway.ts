// The gRPC door: eight calls and the health service. Every handler is a line or two; the work is in the files beside.

import { Server, ServerCredentials, status, type Metadata, type sendUnaryData, type ServerUnaryCall, type ServiceError, type ServerWritableStream } from '@grpc/grpc-js';
import { InvalidValueError } from '@mib/model/invalid-value';
import { checkInteger, MAX_DEPTH } from '@mib/proto/command-rules';
import { EVENT_KINDS } from '@mib/proto/engine-codes';
import { EngineService, type EngineServer } from '@mib/proto/generated/mib/engine/v1/engine';
import { HealthService } from '@mib/proto/generated/grpc/health/v1/health';
import type { RecentEvents } from '../publisher/recent-events.ts';
import type { EngineStatusReader } from '../engine-status.ts';
import type { Authorize } from './authorize.ts';
import { encodeAccount, encodeBook, encodeQuote, encodeResult } from './encode-views.ts';
import { streamEvents, type EventCall } from './event-stream.ts';
import { serveHealth } from './grpc-health.ts';
import { parseCommand } from './parse-command.ts';
import type { ResultRouter } from './result-router.ts';
import type { StateReader } from './state-reader.ts';

/** Instruments or accounts asked for in one read. */
const MAX_NUMBERS = 1_024;
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** What open calls get to end by themselves when the engine stops. */
const SHUTDOWN_MS = 2_000;

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly authorize: Authorize;
  readonly results: ResultRouter;
  readonly state: StateReader;
  readonly events: RecentEvents;
  readonly eventLogDirectory: string;
  readonly status: EngineStatusReader;
  readonly isReady: () => boolean;
}

export interface Gateway extends AsyncDisposable {
  /** `host:port` as bound. */
  readonly address: string;
}

export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, 'grpc.max_send_message_length': MAX_MESSAGE_BYTES });
  server.addService(EngineService, engineService(options));
  server.addService(HealthService, serveHealth(options.isReady));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return {
    address: `${options.host}:${port}`,
    async [Symbol.asyncDispose]() {
      const force = setTimeout(() => server.forceShutdown(), SHUTDOWN_MS);
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      clearTimeout(force);
    },
  };
}

function engineService(options: GatewayOptions): EngineServer {
  const { authorize, results, state } = options;
  return {
    submit: unary(authorize, async (request) => encodeResult(await results.submit(parseCommand(request)))),
    submitPacked(call) {
      if (authorize(call.metadata)) results.openStream(call);
      else call.emit('error', UNAUTHENTICATED);
    },
    streamEvents(call) {
      if (authorize(call.metadata)) void serveEvents(call, options);
      else call.emit('error', UNAUTHENTICATED);
    },
    getBooks: unary(authorize, async ({ instrumentNumbers, depth }) => {
      checkInteger('depth', depth, 1, MAX_DEPTH);
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

const UNAUTHENTICATED = { code: status.UNAUTHENTICATED, details: 'the bearer token is missing or wrong' };

/** Turns an async function into a handler: bad values become INVALID_ARGUMENT, everything unknown INTERNAL. */
function unary<Request, Response>(authorize: Authorize, handle: (request: Request) => Promise<Response>) {
  return (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>): void => {
    if (!authorize(call.metadata)) return callback(UNAUTHENTICATED);
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(asStatus(error)),
    );
  };
}

async function serveEvents(call: EventCall, options: GatewayOptions): Promise<void> {
  const { request } = call;
  try {
    request.kinds.forEach((kind) => checkInteger('kinds', kind, 1, EVENT_KINDS.length));
    if (Number(request.after) > options.events.lastSequence) {
      throw { code: status.OUT_OF_RANGE, details: `after must be at most ${options.events.lastSequence}, the last event, was ${request.after}` };
    }
    await streamEvents(call, options.eventLogDirectory, options.events);
  } catch (error) {
    (call as ServerWritableStream<unknown, unknown>).emit('error', asStatus(error));
  }
}

function asStatus(error: unknown): Partial<ServiceError> & { metadata?: Metadata } {
  if (error instanceof InvalidValueError) return { code: status.INVALID_ARGUMENT, details: error.message };
  if (typeof (error as { code?: unknown }).code === 'number') return error as Partial<ServiceError>;
  return { code: status.INTERNAL, details: 'internal error' };
}

function checkNumbers(numbers: readonly number[]): readonly number[] {
  checkInteger('count of numbers', numbers.length, 0, MAX_NUMBERS);
  return numbers;
}

