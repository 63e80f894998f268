/**
 * Maps each value of a live iterator.
 *
 * Not a generator, because `return` of a generator waits for its pending `next`, which may never come.
 *
 * @param onEnd - called when the consumer returns; must bear being called after another end.
 */
export function mapIterator<T, R>(source: AsyncIterableIterator<T>, map: (value: T) => R, onEnd?: () => void): AsyncIterableIterator<R> {
  return {
    async next() {
      const result = await source.next();
      return result.done ? { value: undefined, done: true } : { value: map(result.value), done: false };
    },
    async return() {
      onEnd?.();
      await source.return?.();
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
