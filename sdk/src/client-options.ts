import type { ResultError } from './operation.ts';

export interface ClientOptions {
  /** Of the router, for example `http://localhost:4000/graphql`. */
  readonly url: string;
  /** For subscriptions over WebSocket; by default `url` with the scheme ws or wss. */
  readonly wsUrl?: string;
  /** How subscriptions travel by default: one shared WebSocket, or one HTTP response of server-sent events each. */
  readonly transport?: Transport;
  /** An access token or API key, asked for before every request and every connection. */
  readonly getToken?: () => string | undefined | Promise<string | undefined>;
  /** Called when the graph no longer takes the token: get a new one, answer true, and the call is made once more. */
  readonly refreshToken?: () => Promise<boolean>;
  readonly fetch?: typeof globalThis.fetch;
  /** Needed where there is no global WebSocket, such as Node 20: the class of the package `ws`. */
  readonly webSocketImpl?: unknown;
  /** Told about errors beside data: a field could not be answered and is null. */
  readonly onPartialErrors?: (operation: string, errors: readonly ResultError[]) => void;
  readonly reconnect?: Partial<BackOffOptions>;
  /** A query or mutation that takes longer is given up with a NetworkError; 30 s unless told. */
  readonly timeoutMs?: number;
  /** A connection that is silent for longer counts as lost; 45 s unless told. The router speaks every 15 s at least. */
  readonly idleTimeoutMs?: number;
}

export type Transport = 'ws' | 'sse';

export interface BackOffOptions {
  /** Upper bound of the first wait; doubles with each failure in a row. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** Failures in a row after which a subscription gives up. */
  readonly maxAttempts: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** `throw` (unless told): any error throws. `partial`: errors beside data go to onPartialErrors and the data returns. */
  readonly errorPolicy?: 'throw' | 'partial';
}

export interface SubscribeOptions {
  readonly signal?: AbortSignal;
  readonly transport?: Transport;
}
