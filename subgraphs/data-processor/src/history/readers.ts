// Who is reading files of the history now: a file that a merge has replaced is removed once everybody who may have seen
// it in the manifest has finished.

export class Readers {
  readonly #active = new Set<Promise<unknown>>();

  /** Runs a read from before it looks at the manifest until its last row. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    const leave = this.enter();
    try {
      return await read();
    } finally {
      leave();
    }
  }

  /** For reads that are iterators; call what is returned when done. */
  enter(): () => void {
    let leave: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => (leave = resolve));
    this.#active.add(reading);
    return () => {
      this.#active.delete(reading);
      leave();
    };
  }

  /** Resolves when every read that is under way now has ended. */
  async all(): Promise<void> {
    await Promise.all([...this.#active]);
  }
}
