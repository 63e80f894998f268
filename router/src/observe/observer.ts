// Watches requests from the first stage to the last, and says of each once how it went: to its trace, the metrics, and the
// log of slow operations.

import type { IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../parse/operation.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import type { Result } from '../respond/result.ts';
import { Observation, type StageTimes } from './observation.ts';
import { OperationLabels } from './operation-labels.ts';
import type { Tracing } from './tracing.ts';

export interface SeenOperation {
  /** Of few values, for metrics and names of spans. */
  readonly label: string;
  /** Absent when the request was refused before it had one. */
  readonly operation: Operation | undefined;
  readonly outcome: 'ok' | 'errors' | 'refused';
  /** Of a refusal. */
  readonly code: string | undefined;
  readonly ms: number;
  readonly stagesMs: StageTimes;
  readonly fetches: number;
  /** Where it is traced and recorded. */
  readonly traceId: string | undefined;
}

export interface ObserverOptions {
  readonly tracing: Tracing;
  readonly onSeen: (operation: SeenOperation) => void;
}

/** What a pipeline answers, as far as it matters here. */
type Answered = { readonly kind: 'result'; readonly result: Result } | { readonly kind: 'stream' };

const INTERNAL = 'INTERNAL';

export class Observer {
  readonly #options: ObserverOptions;
  readonly #labels = new OperationLabels();

  constructor(options: ObserverOptions) {
    this.#options = options;
  }

  /** @param headers - of the client, who may be part of a trace. */
  async watch<Answer extends Answered>(headers: IncomingHttpHeaders | undefined, run: (seen: Observation) => Promise<Answer>): Promise<Answer> {
    const seen = new Observation(this.#options.tracing.begin(headers));
    try {
      const answer = await run(seen);
      this.#end(seen, answer.kind === 'result' && answer.result.errors ? 'errors' : 'ok');
      return answer;
    } catch (error) {
      this.#end(seen, 'refused', error instanceof RequestRefused ? (error.errors[0]?.extensions.code ?? INTERNAL) : INTERNAL);
      throw error;
    }
  }

  #end(seen: Observation, outcome: SeenOperation['outcome'], code?: string): void {
    const { operation, isTrusted, stagesMs, fetches, spans } = seen;
    const ms = seen.leave();
    const label = this.#labels.of(operation?.name, isTrusted);
    spans?.end({ operation, label, outcome, code });
    this.#options.onSeen({ label, operation, outcome, code, ms, stagesMs, fetches, traceId: spans?.traceId });
  }
}
