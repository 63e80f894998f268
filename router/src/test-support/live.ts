// A source of events for subscription tests: the test pushes, every subscription in the subgraph gets it from then on, or
// from behind its `after` cursor. Waiting is by promise, never by time.

export interface LiveSource<T> {
  push(event: T): void;
  /** Ends every open subscription. */
  end(): void;
  open(after?: string | null): AsyncIterableIterator<T>;
  /** Resolves once exactly `count` subscriptions are open. */
  reached(count: number): Promise<void>;
}

export function createLiveSource<T extends { readonly cursor?: string }>(): LiveSource<T> {
  const history: T[] = [];
  const open = new Set<{ push: (event: T) => void; end: () => void }>();
  const watchers = new Set<() => void>();
  const changed = (): void => watchers.forEach((watcher) => watcher());
  return {
    push(event) {
      history.push(event);
      for (const stream of open) stream.push(event);
    },
    end: () => open.forEach((stream) => stream.end()),
    open(after) {
      const queue = after == null ? [] : history.slice(history.findIndex(({ cursor }) => cursor === after) + 1);
      let wake: (() => void) | undefined;
      let ended = false;
      const stream = {
        push: (event: T) => void (queue.push(event), wake?.()),
        end: () => void ((ended = true), open.delete(stream), changed(), wake?.()),
      };
      open.add(stream);
      changed();
      return {
        async next() {
          while (queue.length === 0 && !ended) await new Promise<void>((resolve) => (wake = resolve));
          const value = queue.shift();
          return value === undefined ? { value: undefined, done: true } : { value, done: false };
        },
        async return() {
          stream.end();
          return { value: undefined, done: true };
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    reached: (count) =>
      new Promise((resolve) => {
        const watcher = (): void => {
          if (open.size !== count) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      }),
  };
}
