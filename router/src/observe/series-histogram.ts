// A histogram for what happens many times a request. prom-client checks and hashes the labels of every observation; here a
// series is found by its label values alone, and shown in prom-client's form when the page is read.

import { Histogram, type HistogramConfiguration } from 'prom-client';

declare module 'prom-client' {
  interface Histogram<T extends string> {
    /** What the page is made of, and `get` from that. */
    getForPromString(): ReturnType<Histogram<T>['get']>;
  }
}

interface Series {
  /** By the first bucket that holds a value, not cumulated; the last is for what none holds. */
  readonly counts: Float64Array;
  sum: number;
}

type Configuration<Label extends string> = Pick<HistogramConfiguration<Label>, 'name' | 'help' | 'registers'> & {
  /** One or two. */
  readonly labelNames: readonly [Label, Label?];
  /** Upper bounds, ascending. */
  readonly buckets: readonly number[];
};

export class SeriesHistogram<Label extends string> extends Histogram<Label> {
  readonly #name: string;
  readonly #labelNames: readonly [Label, Label?];
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Map<string, Series>>();

  constructor({ labelNames, buckets, ...rest }: Configuration<Label>) {
    super({ ...rest, labelNames: labelNames.filter((name) => name !== undefined), buckets: [...buckets] });
    this.#name = rest.name;
    this.#labelNames = labelNames;
    this.#buckets = buckets;
  }

  /** @param first - value of the first label. @param second - of the second, where there is one. */
  record(value: number, first: string, second = ''): void {
    const series = this.#find(first, second);
    const buckets = this.#buckets;
    let index = 0;
    while (index < buckets.length && value > buckets[index]!) index++;
    series.counts[index]!++;
    series.sum += value;
  }

  #find(first: string, second: string): Series {
    let seconds = this.#series.get(first);
    if (!seconds) this.#series.set(first, (seconds = new Map()));
    let series = seconds.get(second);
    if (!series) seconds.set(second, (series = { counts: new Float64Array(this.#buckets.length + 1), sum: 0 }));
    return series;
  }

  override async getForPromString(): ReturnType<Histogram<Label>['get']> {
    const values = [...this.#series].flatMap(([first, seconds]) => [...seconds].flatMap(([second, series]) => this.#show(this.#labels(first, second), series)));
    return { ...(await super.getForPromString()), values };
  }

  override reset(): void {
    super.reset();
    // The constructor above this one calls it too.
    if (#series in this) this.#series.clear();
  }

  #labels(first: string, second: string): Partial<Record<Label, string>> {
    const [firstName, secondName] = this.#labelNames;
    return { [firstName]: first, ...(secondName !== undefined && { [secondName]: second }) } as Partial<Record<Label, string>>;
  }

  /** As prom-client has it: what all figures of a series share stands beside what is its own. */
  #show(sharedLabels: Partial<Record<Label, string>>, { counts, sum }: Series) {
    const name = this.#name;
    let count = 0;
    const buckets = [...counts].map((own, index) => ({ metricName: `${name}_bucket`, labels: { le: this.#buckets[index] ?? '+Inf' } as Partial<Record<Label, string>>, sharedLabels, value: (count += own) }));
    return [...buckets, { metricName: `${name}_sum`, labels: {}, sharedLabels, value: sum }, { metricName: `${name}_count`, labels: {}, sharedLabels, value: count }];
  }
}
