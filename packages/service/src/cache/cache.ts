// Short-lived shared state as services see it: values with a lifetime, and rate limits. In memory where one process
// owns the data, Redis in a cluster; one contract suite proves both.

export interface Cache extends AsyncDisposable {
  get(key: string): Promise<string | undefined>;
  /** Stores for at most `ttlMs`; a full cache drops its least recently used entry. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Stores only when absent; true for the one caller that stored. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  /**
   * Takes one point from a fixed window of `windowMs`.
   *
   * @returns `allowed`, what is left of `limit` and milliseconds until the window resets.
   */
  takeRateLimit(key: string, options: { readonly limit: number; readonly windowMs: number }): Promise<{ readonly allowed: boolean; readonly remaining: number; readonly resetMs: number }>;
}

export const MAX_KEY_CHARACTERS = 256;
export const MAX_VALUE_BYTES = 1_000_000;
