// One submission at a time, with the form's values as text.

import { useState, type FormEvent } from 'react';
import { describeError } from '../messages.ts';

export interface Form {
  readonly busy: boolean;
  readonly problem: string | undefined;
  readonly submit: (event: FormEvent<HTMLFormElement>) => void;
}

/** What `send` throws is shown as the problem. */
export function useForm(send: (values: Readonly<Record<string, string>>) => Promise<void>): Form {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    busy,
    problem,
    submit(event) {
      event.preventDefault();
      if (busy) return;
      const values = Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]));
      setBusy(true);
      setProblem(undefined);
      void send(values)
        .catch((error: unknown) => setProblem(describeError(error)))
        .finally(() => setBusy(false));
    },
  };
}
