// Counts an import: how many rows there were, what became of them and the first rejects by line.

import type { ImportReject } from './bar.ts';

/** Rejects listed in a report; all are counted. */
export const MAX_LISTED_REJECTS = 100;

export interface ImportReport {
  readonly totalRows: number;
  readonly importedRows: number;
  readonly duplicateRows: number;
  readonly rejectedRows: number;
  readonly rejects: readonly ImportReject[];
  readonly firstOpenTimeMs: number | null;
  readonly lastOpenTimeMs: number | null;
}

/** Rejects of any number, of which only the first by line are kept. */
export class RejectList {
  #count = 0;
  #kept: ImportReject[] = [];

  get count(): number {
    return this.#count;
  }

  add({ line, code, reason }: ImportReject): void {
    this.#count += 1;
    this.#kept.push({ line, code, reason });
    if (this.#kept.length >= 2 * MAX_LISTED_REJECTS) this.#kept = this.first();
  }

  /** Counts rejects that are not listed because others come before them. */
  addUnlisted(count: number): void {
    this.#count += count;
  }

  first(): ImportReject[] {
    return this.#kept.toSorted((a, b) => a.line - b.line).slice(0, MAX_LISTED_REJECTS);
  }
}
