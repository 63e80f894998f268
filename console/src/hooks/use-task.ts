// Runs an asynchronous task, usually "load, then follow the stream", while a component is there.

import { useEffect, useState, type DependencyList } from 'react';
import { describeError } from '../messages.ts';

export interface Task {
  /** Why it ended; undefined while it runs. */
  readonly problem: string | undefined;
  readonly retry: () => void;
}

/** Starts `run` anew whenever `dependencies` change; its signal fires when the result is no longer wanted. */
export function useTask(run: (signal: AbortSignal) => Promise<void>, dependencies: DependencyList): Task {
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const stop = new AbortController();
    setProblem(undefined);
    run(stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) setProblem(describeError(error));
    });
    return () => stop.abort();
  }, [...dependencies, attempt]);
  return { problem, retry: () => setAttempt((count) => count + 1) };
}
