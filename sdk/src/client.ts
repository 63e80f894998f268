// The client: every operation of operations/ as a typed method. Queries and mutations return a promise, subscriptions an
// async iterable that reconnects and resumes by itself.
//
//   const mib = createClient({ url: 'http://localhost:4000/graphql', getToken: () => token });
//   const { instrument } = await mib.instrument({ symbol: 'SPX' });
//   for await (const { orderUpdated } of mib.orderUpdated({ accountId })) console.log(orderUpdated.kind);

import type { ClientOptions, RequestOptions, SubscribeOptions, Transport } from './client-options.ts';
import { operations } from './generated/operations.ts';
import { request } from './http-request.ts';
import type { LiveTransport } from './live-transport.ts';
import type { Operation } from './operation.ts';
import { subscribe } from './resuming-subscription.ts';
import { createSseTransport } from './sse-transport.ts';
import { createWebSocketTransport } from './websocket-transport.ts';

/** Operations whose variables are all optional may be called without any. */
type Parameters<Variables, Options> = object extends Variables ? [variables?: Variables, options?: Options] : [variables: Variables, options?: Options];

type Method<O> =
  O extends Operation<infer Kind, infer Result, infer Variables>
    ? Kind extends 'subscription'
      ? (...parameters: Parameters<Variables, SubscribeOptions>) => AsyncIterableIterator<Result>
      : (...parameters: Parameters<Variables, RequestOptions>) => Promise<Result>
    : never;

export type Methods<Operations> = { readonly [Name in keyof Operations]: Method<Operations[Name]> };

/** `close` ends all subscriptions and the shared WebSocket. */
export type Client<Operations = typeof operations> = Methods<Operations> & { close(): void };

export function createClient(options: ClientOptions): Client {
  return createClientOf(operations, options);
}

/** A client of other operations than the ones that ship: generate them as codegen.yml does for this package. */
export function createClientOf<Operations extends Readonly<Record<string, Operation>>>(ofOperations: Operations, options: ClientOptions): Client<Operations> {
  const transports = liveTransports(options);
  const closing = new AbortController();
  const methods = Object.entries(ofOperations).map(([name, operation]) => [
    name,
    operation.kind === 'subscription'
      ? (variables: unknown, { signal, transport = options.transport ?? 'ws' }: SubscribeOptions = {}) =>
          subscribe({ options, transport: transports.get(transport), operation, variables, signal, closing: closing.signal })
      : (variables: unknown, call?: RequestOptions) => request(options, operation, variables, call),
  ]);
  const close = (): void => {
    closing.abort();
    transports.close();
  };
  return { ...Object.fromEntries(methods), close };
}

/** Made when first used: a client that only queries needs no WebSocket. */
function liveTransports(options: ClientOptions) {
  const made = new Map<Transport, LiveTransport>();
  return {
    get(transport: Transport): LiveTransport {
      const found = made.get(transport) ?? (transport === 'sse' ? createSseTransport(options) : createWebSocketTransport(options));
      made.set(transport, found);
      return found;
    },
    close(): void {
      for (const transport of made.values()) transport.close();
    },
  };
}
