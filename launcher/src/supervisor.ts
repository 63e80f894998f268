// Keeps one process alive: when it ends without being asked to, it is started again, at once the first time, later and
// later while it keeps dying young. Too many restarts within the window mean that restarting is no cure.

import { backOff } from '@mib/service/back-off';
import type { ManagedProcess } from './managed-process.ts';

export interface SupervisorOptions<P extends ManagedProcess> {
  readonly name: string;
  /** @param previous - the process that ended; its port is to be used again. */
  readonly start: (previous: P | undefined) => Promise<P>;
  readonly report: (line: string) => void;
  /** The process runs: first or again. */
  readonly onStarted: () => void;
  /** Restarting has been given up. */
  readonly onGiveUp: (reason: string) => void;
}

const MAX_RESTARTS = 30;
const RESTART_WINDOW_MS = 60_000;
/** A process that lived this long was healthy, so its next restart is immediate again. */
const HEALTHY_MS = 10_000;
const RESTART = { firstMs: 100, maxMs: 5_000 };

export class SupervisedProcess<P extends ManagedProcess> implements AsyncDisposable {
  readonly #options: SupervisorOptions<P>;
  readonly #stopping = new AbortController();
  readonly #restarts: number[] = [];
  readonly #watching: Promise<void>;
  #current: P;

  private constructor(options: SupervisorOptions<P>, first: P) {
    this.#options = options;
    this.#current = first;
    this.#watching = this.#watch();
  }

  /** @throws {Error} naming the process when its first start fails. */
  static async start<P extends ManagedProcess>(options: SupervisorOptions<P>): Promise<SupervisedProcess<P>> {
    try {
      return new SupervisedProcess(options, await options.start(undefined));
    } catch (error) {
      throw new Error(`${options.name} did not start: ${(error as Error).message}`, { cause: error });
    }
  }

  get name(): string {
    return this.#options.name;
  }

  /** The process of now, or the last one while the next is starting. */
  get current(): P {
    return this.#current;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#current.stop();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    for (let deaths = 1; ; deaths += 1) {
      const startedMs = performance.now();
      const reason = await this.#current.ended;
      if (signal.aborted) return;
      if (performance.now() - startedMs > HEALTHY_MS) deaths = 1;
      this.#options.report(`${this.name} ended (${reason}), restarting`);
      if (!(await this.#restart(deaths - 1))) return;
    }
  }

  async #restart(failures: number): Promise<boolean> {
    const { signal } = this.#stopping;
    for (let attempt = failures; !signal.aborted; attempt += 1) {
      if (attempt > 0) await backOff(attempt, { ...RESTART, signal });
      if (signal.aborted) return false;
      if (!this.#mayRestart()) {
        this.#options.onGiveUp(`${this.name} died more than ${MAX_RESTARTS} times within ${RESTART_WINDOW_MS / 1000} s`);
        return false;
      }
      try {
        this.#current = await this.#options.start(this.#current);
        if (signal.aborted) {
          await this.#current.stop();
          return false;
        }
        this.#options.onStarted();
        this.#options.report(`${this.name} is back, process id ${this.#current.pid}`);
        return true;
      } catch (error) {
        this.#options.report(`${this.name} did not start: ${(error as Error).message}`);
      }
    }
    return false;
  }

  #mayRestart(): boolean {
    const nowMs = performance.now();
    this.#restarts.push(nowMs);
    while ((this.#restarts[0] ?? nowMs) < nowMs - RESTART_WINDOW_MS) this.#restarts.shift();
    return this.#restarts.length <= MAX_RESTARTS;
  }
}
