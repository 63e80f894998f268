// One upstream subscription that outlives its socket. Losing the socket must not lose events unnoticed, so it goes on only
// where nothing can be missed:
//
//   the subgraph never heard of it          => subscribe again
//   a cursor is known                       => subscribe again behind it
//   events are states (policy `coalesce`)   => subscribe again: the next state says all that was missed
//   otherwise                               => end with UPSTREAM_LOST, and the client decides
//
// with jittered, bounded back-off; never more than MAX_RESUMES times in a row.

import { isObject } from '../execute/json.ts';
import type { SubgraphError } from '../execute/subgraph-client.ts';
import type { Variables } from '../parse/variables.ts';
import { AFTER_VARIABLE, CURSOR_ALIAS, type CompiledSubscription } from './compile-subscription.ts';
import type { UpstreamEvent, UpstreamSocket } from './upstream-socket.ts';

export interface UpstreamOptions {
  readonly subscription: CompiledSubscription;
  readonly socket: UpstreamSocket;
  readonly variables: Variables;
  /** A cursor to go on behind; by default the client's own. */
  readonly after?: unknown;
  /** What a subgraph is shown of the identity, made fresh per subscribe. */
  readonly extensions: () => Record<string, unknown>;
  readonly sink: UpstreamListener;
}

/** One of the last three ends it. */
export interface UpstreamListener {
  readonly next: (event: UpstreamEvent) => void;
  readonly complete: () => void;
  readonly refused: (errors: readonly SubgraphError[]) => void;
  readonly lost: () => void;
}

export const MAX_RESUMES = 8;
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 5_000;
/** Whoever was subscribed for so long starts counting anew, however quiet the stream was. */
const STABLE_MS = 30_000;

export class Upstream {
  readonly #options: UpstreamOptions;
  #after: unknown;
  #attempts = 0;
  #subscribedMs = 0;
  #backoff: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => undefined;
  #stopped = false;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#after = options.after ?? options.subscription.resume?.(options.variables);
    this.#subscribe();
  }

  /** The cursor of the last event; undefined when there is none to resume from. */
  get after(): unknown {
    return this.#after;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#backoff);
    this.#unsubscribe();
  }

  #subscribe(): void {
    const { subscription, socket, extensions, sink } = this.#options;
    const { query, operationName } = subscription;
    this.#subscribedMs = performance.now();
    this.#unsubscribe = socket.subscribe(
      { query, variables: this.#variables(), extensions: extensions(), ...(operationName === undefined ? {} : { operationName }) },
      { next: (event) => this.#accept(event), complete: sink.complete, refused: sink.refused, lost: (wasOpen) => this.#resume(wasOpen) },
    );
  }

  #variables(): Record<string, unknown> {
    const { subscription, variables } = this.#options;
    const chosen: Record<string, unknown> = {};
    for (const name of subscription.variableNames) if (Object.hasOwn(variables, name)) chosen[name] = variables[name];
    if (subscription.resume && this.#after !== undefined) chosen[AFTER_VARIABLE] = this.#after;
    return chosen;
  }

  #accept(event: UpstreamEvent): void {
    const { responseName, resume } = this.#options.subscription;
    this.#attempts = 0;
    if (resume && responseName !== undefined) this.#after = fieldOf(event, responseName, CURSOR_ALIAS) ?? this.#after;
    this.#options.sink.next(event);
  }

  #resume(wasOpen: boolean): void {
    if (this.#stopped) return;
    const { subscription, sink } = this.#options;
    const missesNothing = !wasOpen || (subscription.resume !== undefined && this.#after != null) || subscription.onOverflow === 'coalesce';
    if (performance.now() - this.#subscribedMs > STABLE_MS) this.#attempts = 0;
    if (!missesNothing || this.#attempts >= MAX_RESUMES) return sink.lost();
    this.#backoff = setTimeout(() => this.#subscribe(), backoffMs(this.#attempts++));
  }
}

/** A field of an event's root object. */
export function fieldOf(event: UpstreamEvent, responseName: string, name: string): unknown {
  const root = event.data?.[responseName];
  return isObject(root) ? root[name] : undefined;
}

/** Half of it is chance, so that the streams of a subgraph that restarts do not return all at once. */
function backoffMs(attempt: number): number {
  const fullMs = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS);
  return fullMs * (0.5 + Math.random() / 2);
}
