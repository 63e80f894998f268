// One clock for all threads of the process. `performance.now` is cheap and allocates nothing, but each thread counts from
// its own start; the offset to the system's monotonic clock makes their readings comparable.

/** Two clocks cannot be read at once; of so many tries the closest pair counts, well below a microsecond apart. */
const TRIES = 100;
const NS_PER_MS = 1e6;

const offsetMs = closestOffset();

/** Milliseconds on the system's monotonic clock, to the nanosecond; comparable between threads of this process. */
export function monotonicMs(): number {
  return performance.now() + offsetMs;
}

function closestOffset(): number {
  let closest = -Infinity;
  for (let i = 0; i < TRIES; i++) closest = Math.max(closest, Number(process.hrtime.bigint()) / NS_PER_MS - performance.now());
  return closest;
}
