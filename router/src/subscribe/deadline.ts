// Calls back at a point in time however far away it is: a timer of Node takes at most 24.8 days and fires at once beyond.

const MAX_TIMER_MS = 2 ** 31 - 1;

/** @returns gives the deadline up. */
export function atTime(timeMs: number, callback: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const leftMs = Math.max(timeMs - Date.now(), 0);
    timer = leftMs > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(callback, leftMs);
  };
  arm();
  return () => clearTimeout(timer);
}
