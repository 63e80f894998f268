// A signal that fires with others, after a time, or by hand, and lets go of them when disposed: AbortSignal.any is
// missing in browsers that are still around.

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(): void;
}

export function linkedSignal(outer: readonly (AbortSignal | undefined)[], { timeoutMs }: { readonly timeoutMs?: number } = {}): LinkedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs);
  if (outer.some((signal) => signal?.aborted)) abort();
  else for (const signal of outer) signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    abort,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of outer) signal?.removeEventListener('abort', abort);
    },
  };
}
