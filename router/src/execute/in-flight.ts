// Identical queries to one subgraph that are under way at the same time are sent once. Identical means the same body and
// the same headers that say who asks and from where, so nobody ever gets what was fetched for another.

import { CALLER_GONE, type SubgraphAnswer, type SubgraphCall } from './subgraph-client.ts';

type Fetch = (signal: AbortSignal) => Promise<SubgraphAnswer>;

/** Bounded by the requests that the router lets in at once. */
export class InFlight {
  readonly #fetches = new Map<string, SharedFetch>();

  /** @param key - equal only for calls that must get the same answer. */
  get(key: string, { signal }: Pick<SubgraphCall, 'signal'>, fetch: Fetch): Promise<SubgraphAnswer> {
    const running = this.#fetches.get(key);
    if (running) return running.join(signal);
    const started = new SharedFetch(fetch, () => {
      if (this.#fetches.get(key) === started) this.#fetches.delete(key);
    });
    this.#fetches.set(key, started);
    return started.join(signal);
  }
}

/** One fetch and those who wait for it; it is given up when the last of them has gone. */
class SharedFetch {
  readonly #abort = new AbortController();
  readonly #answer: Promise<SubgraphAnswer>;
  readonly #onOver: () => void;
  #waiting = 0;
  #given = false;

  constructor(fetch: Fetch, onOver: () => void) {
    this.#onOver = onOver;
    this.#answer = fetch(this.#abort.signal).finally(onOver);
  }

  join(signal: AbortSignal | undefined): Promise<SubgraphAnswer> {
    this.#waiting++;
    if (!signal) return this.#answer.then(this.#own);
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        this.#leave();
        resolve({ kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE', reason: CALLER_GONE });
      };
      if (signal.aborted) return gone();
      signal.addEventListener('abort', gone, { once: true });
      this.#answer.then(this.#own).then(resolve, reject).finally(() => signal.removeEventListener('abort', gone));
    });
  }

  #leave(): void {
    if (--this.#waiting > 0) return;
    this.#onOver();
    this.#abort.abort();
  }

  /** Whoever merges an answer into a response changes it: the first to have it takes it, the others read theirs from the text. */
  readonly #own = (answer: SubgraphAnswer): SubgraphAnswer => {
    if (answer.kind === 'failed' || !this.#given) {
      this.#given = true;
      return answer;
    }
    const { data = null, errors = [] } = JSON.parse(answer.text) as Partial<Pick<typeof answer, 'data' | 'errors'>>;
    return { ...answer, data, errors };
  };
}
