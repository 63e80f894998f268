// A signal that fires with another, after a time, or by hand, and lets go of both when disposed: AbortSignal.any is
// missing in browsers that are still around.

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(): void;
}

export function linkedSignal(outer: AbortSignal | undefined, { timeoutMs }: { readonly timeoutMs?: number } = {}): LinkedSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    abort,
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
