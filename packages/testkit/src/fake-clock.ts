// Time that moves only when a test says so. Timers run in order of their due time, those of one time in order of making.

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

export class FakeClock implements Disposable {
  private timeMs: number;
  private timers: Timer[] = [];

  constructor(startMs = Date.UTC(2020, 3, 17, 20)) {
    this.timeMs = startMs;
  }

  readonly now = (): number => this.timeMs;

  readonly setTimeout = (run: () => void, delayMs: number): Timer => {
    const timer = { dueMs: this.timeMs + delayMs, run };
    this.timers.push(timer);
    return timer;
  };

  readonly clearTimeout = (timer: unknown): void => {
    this.timers = this.timers.filter((other) => other !== timer);
  };

  /** Runs every timer due within `ms`, those set meanwhile included. */
  advance(ms: number): void {
    const endMs = this.timeMs + ms;
    for (;;) {
      const next = this.timers.filter((timer) => timer.dueMs <= endMs).reduce<Timer | undefined>((best, timer) => (best && best.dueMs <= timer.dueMs ? best : timer), undefined);
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.timeMs = Math.max(this.timeMs, next.dueMs);
      next.run();
    }
    this.timeMs = endMs;
  }

  [Symbol.dispose](): void {
    this.timers = [];
  }
}
