// One timer for the heartbeats of all connections. Each connection beats once an interval; they are spread over its parts,
// so that ten thousand of them never beat in the same moment.

const PARTS = 10;

export class Heartbeats implements Disposable {
  readonly #parts: readonly Set<() => void>[] = Array.from({ length: PARTS }, () => new Set<() => void>());
  readonly #timer: NodeJS.Timeout;
  #added = 0;
  #turn = 0;

  constructor(intervalMs: number) {
    this.#timer = setInterval(() => this.#beat(), intervalMs / PARTS);
  }

  /** @returns stops the beats of this one. */
  add(beat: () => void): () => void {
    const part = this.#parts[this.#added++ % PARTS]!;
    part.add(beat);
    return () => void part.delete(beat);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    for (const beat of this.#parts[this.#turn++ % PARTS]!) beat();
  }
}
