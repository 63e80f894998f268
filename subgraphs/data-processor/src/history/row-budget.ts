// How many rows of history may be in memory at a time, over all requests: a read waits for its turn until the rows it may
// return fit beside those of the reads under way, so any number of clients takes the memory of a few.

import { ClientError } from '@mib/service/errors';

/** A read of few rows counts as this many: it costs a connection and a statement. */
const LEAST_ROWS = 1_000;
const MAX_WAITING = 1_000;

export class RowBudget {
  readonly #rows: number;
  readonly #waiting: { readonly rows: number; readonly begin: () => void }[] = [];
  #taken = 0;

  /** @param rows - that may be in memory at a time; a single read of more runs alone. */
  constructor(rows: number) {
    this.#rows = rows;
  }

  /**
   * Runs a read that returns up to `rows` rows, in turn. A read must not wait for another inside.
   *
   * @throws {ClientError} UNAVAILABLE when too many wait already.
   */
  async run<T>(rows: number, read: () => Promise<T>): Promise<T> {
    const counted = Math.min(this.#rows, Math.max(LEAST_ROWS, rows));
    if (this.#waiting.length > 0 || this.#taken + counted > this.#rows) {
      if (this.#waiting.length >= MAX_WAITING) throw new ClientError('UNAVAILABLE', `${MAX_WAITING} reads of history are waiting already; try again later`);
      await new Promise<void>((begin) => this.#waiting.push({ rows: counted, begin }));
    } else this.#taken += counted;
    try {
      return await read();
    } finally {
      this.#taken -= counted;
      this.#admit();
    }
  }

  /** In order of arrival: a large read is not passed by small ones for ever. */
  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#taken + next.rows <= this.#rows; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#taken += next.rows;
      next.begin();
    }
  }
}
