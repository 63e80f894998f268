// Liveness and readiness of one service. Live means the process answers; ready means it was started, is not draining
// and none of its checks reports a problem. Checks are cheap reads of known state, never I/O.

export interface HealthReport {
  readonly live: true;
  readonly ready: boolean;
  /** `name: problem` of every failing check. */
  readonly problems: readonly string[];
}

/** @returns what is wrong, or undefined when all is well. */
export type HealthCheck = () => string | undefined;

export class Health {
  #started = false;
  readonly #checks = new Map<string, HealthCheck>();

  /** True once the start is complete, false again while draining. */
  setReady(ready: boolean): void {
    this.#started = ready;
  }

  /** Adds a check, or replaces the one of the same name. */
  check(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  report(): HealthReport {
    const problems = this.#started ? [] : ['service: not started or draining'];
    for (const [name, check] of this.#checks) {
      const problem = check();
      if (problem !== undefined) problems.push(`${name}: ${problem}`);
    }
    return { live: true, ready: problems.length === 0, problems };
  }
}
