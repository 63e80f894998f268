// Names of operations as labels. Clients can invent names without end, so only those of trusted documents are shown, and of
// these too only so many: each is a dozen time series.

export const MAX_OPERATION_LABELS = 500;

export class OperationLabels {
  readonly #known = new Set<string>();

  /** @returns the name, `anonymous` without one, `other` where it may be invented. */
  of(name: string | undefined, isTrusted: boolean): string {
    if (name === undefined) return 'anonymous';
    if (!isTrusted) return 'other';
    if (this.#known.has(name)) return name;
    if (this.#known.size >= MAX_OPERATION_LABELS) return 'other';
    this.#known.add(name);
    return name;
  }
}
