// A raw graphql-transport-ws subscription, for stories that must see the wire; `graphql-ws` is the reference client.

import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An opened subscription: events in order, and `opened` for when the server has accepted it. */
export interface Live<T> extends AsyncDisposable {
  next(): Promise<T>;
}

export interface LiveOptions {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly token?: string;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function subscribe(url: string, options: LiveOptions): Promise<Live<any>> {
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazy: false,
    connectionParams: options.token ? { authorization: `Bearer ${options.token}` } : {},
  });
  const events = client.iterate({ query: options.query, variables: options.variables });
  const next = async () => {
    const { value, done } = await events.next();
    if (done) throw new Error('the subscription ended');
    if (value.errors) throw new Error(JSON.stringify(value.errors));
    return value.data;
  };
  return {
    next,
    [Symbol.asyncDispose]: async () => {
      await events.return?.(undefined);
      await client.dispose();
    },
  };
}
