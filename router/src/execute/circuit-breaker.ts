// Stops asking a subgraph that fails, so that its callers fail at once and it can recover in peace.
//
//   closed --- too many of the last calls failed ---> open --- circuitOpenMs ---> half-open
//     ^                                                ^                              |
//     |                                                +------- a trial fails --------+
//     +------------------------ circuitTrialCalls trials succeed ---------------------+

import type { TrafficPolicy } from './traffic-config.ts';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** `unknown`: the caller went away before there was an answer. */
export type CallOutcome = 'success' | 'failure' | 'unknown';

/** What a call was let in under; outcomes of an earlier state count nothing. */
export type Admission = number;

type Bounds = Pick<TrafficPolicy, 'circuitFailurePercent' | 'circuitMinCalls' | 'circuitWindowMs' | 'circuitOpenMs' | 'circuitTrialCalls'>;

interface Tally {
  calls: number;
  failures: number;
}

export class CircuitBreaker {
  readonly #bounds: Bounds;
  readonly #nowMs: () => number;
  readonly #onChange: (state: CircuitState) => void;
  #state: CircuitState = 'closed';
  #epoch = 0;
  /** The window is two halves: the running one and the one before. */
  #running: Tally = { calls: 0, failures: 0 };
  #before: Tally = { calls: 0, failures: 0 };
  #halfStartedMs: number;
  #openedMs = 0;
  #trials = 0;
  #successes = 0;

  constructor(bounds: Bounds, { nowMs = () => performance.now(), onChange = () => undefined }: { readonly nowMs?: () => number; readonly onChange?: (state: CircuitState) => void } = {}) {
    this.#bounds = bounds;
    this.#nowMs = nowMs;
    this.#onChange = onChange;
    this.#halfStartedMs = nowMs();
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** @returns undefined when nothing may be sent; every other value goes to {@link leave} once. */
  enter(): Admission | undefined {
    if (this.#state === 'open') {
      if (this.#nowMs() - this.#openedMs < this.#bounds.circuitOpenMs) return undefined;
      this.#become('half-open');
    }
    if (this.#state === 'half-open') {
      if (this.#trials >= this.#bounds.circuitTrialCalls) return undefined;
      this.#trials++;
    }
    return this.#epoch;
  }

  leave(admission: Admission, outcome: CallOutcome): void {
    if (admission !== this.#epoch) return;
    if (this.#state === 'closed') this.#count(outcome);
    else this.#judgeTrial(outcome);
  }

  #count(outcome: CallOutcome): void {
    if (outcome === 'unknown') return;
    this.#turnHalves();
    this.#running.calls++;
    if (outcome === 'success') return;
    this.#running.failures++;
    const calls = this.#running.calls + this.#before.calls;
    const failures = this.#running.failures + this.#before.failures;
    if (calls >= this.#bounds.circuitMinCalls && failures * 100 >= calls * this.#bounds.circuitFailurePercent) this.#become('open');
  }

  #judgeTrial(outcome: CallOutcome): void {
    if (outcome === 'failure') return this.#become('open');
    if (outcome === 'unknown') return void this.#trials--;
    this.#successes++;
    if (this.#successes >= this.#bounds.circuitTrialCalls) this.#become('closed');
  }

  #turnHalves(): void {
    const halfMs = this.#bounds.circuitWindowMs / 2;
    const passedMs = this.#nowMs() - this.#halfStartedMs;
    if (passedMs < halfMs) return;
    this.#before = passedMs < 2 * halfMs ? this.#running : { calls: 0, failures: 0 };
    this.#running = { calls: 0, failures: 0 };
    this.#halfStartedMs = this.#nowMs();
  }

  #become(state: CircuitState): void {
    this.#state = state;
    this.#epoch++;
    this.#trials = 0;
    this.#successes = 0;
    this.#running = { calls: 0, failures: 0 };
    this.#before = { calls: 0, failures: 0 };
    this.#halfStartedMs = this.#nowMs();
    if (state === 'open') this.#openedMs = this.#nowMs();
    this.#onChange(state);
  }
}
