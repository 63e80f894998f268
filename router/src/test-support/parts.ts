// What a test of @defer needs: a subgraph that answers when it is told to, and a client that puts the parts together.

import { createClient } from 'graphql-sse';
import { execute, parse } from 'graphql';
import type { TestSubgraph } from './subgraph.ts';

export interface Payload {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions?: { readonly code: string } }[];
  readonly incremental?: readonly { readonly label?: string; readonly path: readonly (string | number)[]; readonly data: unknown; readonly errors?: Payload['errors'] }[];
  readonly hasNext?: boolean;
}

/** Holds what a subgraph is asked until it is released. */
export function hold(subgraph: TestSubgraph): { release(): void; readonly asked: Promise<void>; readonly dropped: Promise<void> } {
  const [released, asked, dropped] = [signal(), signal(), signal()];
  subgraph.intercept = (request, response) => {
    asked.fire();
    response.once('close', () => void (response.writableFinished || dropped.fire()));
    void released.fired.then(async () => {
      const result = await execute({ schema: subgraph.schema, document: parse(request.query), variableValues: request.variables });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
    });
  };
  return { release: released.fire, asked: asked.fired, dropped: dropped.fired };
}

/** The payloads of an operation over server-sent events, as they come. */
export function payloads(url: string, query: string, variables: Record<string, unknown> = {}): AsyncIterableIterator<Payload> {
  const client = createClient({ url: `${url}/graphql`, retryAttempts: 0 });
  return client.iterate({ query, variables }) as unknown as AsyncIterableIterator<Payload>;
}

export async function allPayloads(url: string, query: string, variables?: Record<string, unknown>): Promise<readonly Payload[]> {
  const all: Payload[] = [];
  for await (const payload of payloads(url, query, variables)) all.push(payload);
  return all;
}

/** The data of all payloads together. */
export function mergeParts(all: readonly Payload[]): unknown {
  const whole = { data: structuredClone(all[0]?.data) };
  for (const { path, data } of all.flatMap(({ incremental = [] }) => incremental)) {
    const target = path.reduce<unknown>((value, element) => (value as Record<string | number, unknown>)[element], whole.data);
    mergeInto(target as Record<string, unknown>, data as Record<string, unknown>);
  }
  return whole.data;
}

function mergeInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const present = target[key];
    if (typeof present === 'object' && present !== null && typeof value === 'object' && value !== null) mergeInto(present as Record<string, unknown>, value as Record<string, unknown>);
    else target[key] = value;
  }
}

function signal(): { readonly fire: () => void; readonly fired: Promise<void> } {
  let fire = (): void => undefined;
  const fired = new Promise<void>((resolve) => (fire = resolve));
  return { fire: () => fire(), fired };
}
