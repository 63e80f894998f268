// A caller's trace reaches the engine: a real gRPC server that looks at what comes with a read.

import { Server, ServerCredentials, type Metadata, type handleUnaryCall, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { context, defaultTextMapGetter, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { connectEngine, type EngineClient } from '../engine-client.ts';
import { EngineService, type ListInstrumentsRequest, type ListInstrumentsResponse } from '../generated/mib/engine/v1/engine.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('a read of the engine', () => {
  const server = new Server();
  const received: Metadata[] = [];
  let client: EngineClient;
  beforeAll(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const listInstruments: handleUnaryCall<ListInstrumentsRequest, ListInstrumentsResponse> = ({ metadata }, answer) => {
      received.push(metadata);
      answer(null, { instruments: [] });
    };
    server.addService({ listInstruments: EngineService.listInstruments }, { listInstruments } as UntypedServiceImplementation);
    const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
    client = connectEngine({ address: `127.0.0.1:${port}`, token: 'a token' });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    server.forceShutdown();
    context.disable();
    propagation.disable();
  });

  it('carries the trace of its caller beside the token', async () => {
    const caller = propagation.extract(ROOT_CONTEXT, { traceparent: TRACEPARENT }, defaultTextMapGetter);
    await context.with(caller, () => client.instruments());
    expect([received.at(-1)!.get('traceparent'), received.at(-1)!.get('authorization')]).toEqual([[TRACEPARENT], ['Bearer a token']]);
  });

  it('carries none for a caller without', async () => {
    await client.instruments();
    expect(received.at(-1)!.get('traceparent')).toEqual([]);
  });
});
