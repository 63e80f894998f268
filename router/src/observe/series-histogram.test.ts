// Ours beside prom-client's own, over the same observations.

import { describe, expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { SeriesHistogram } from './series-histogram.ts';

const CONFIGURATION = { name: 'mib_seconds', help: 'Time', buckets: [0.1, 1, 5] };
const OBSERVED: readonly (readonly [number, string, string])[] = [
  [0.05, 'a', 'ok'], [0.1, 'a', 'ok'], [0.1000001, 'a', 'failed'], [1, 'b', 'ok'], [7, 'b', 'ok'], [5, 'a', 'ok'], [0, 'with "quotes"\n', 'ok'],
];

function registry(): Registry {
  const made = new Registry();
  made.setDefaultLabels({ service: 'router' });
  return made;
}

describe('series histogram', () => {
  it('shows what prom-client shows, with two labels and with one', async () => {
    const [ours, theirs] = [registry(), registry()];
    const two = new SeriesHistogram({ ...CONFIGURATION, labelNames: ['who', 'outcome'], registers: [ours] });
    const one = new SeriesHistogram({ ...CONFIGURATION, name: 'mib_one', labelNames: ['who'], registers: [ours] });
    const theirTwo = new Histogram({ ...CONFIGURATION, labelNames: ['who', 'outcome'], registers: [theirs] });
    const theirOne = new Histogram({ ...CONFIGURATION, name: 'mib_one', labelNames: ['who'], registers: [theirs] });
    for (const [value, who, outcome] of OBSERVED) {
      two.record(value, who, outcome);
      one.record(value, who);
      theirTwo.observe({ who, outcome }, value);
      theirOne.observe({ who }, value);
    }
    const lines = async (page: Registry): Promise<readonly string[]> => (await page.metrics()).split('\n').sort();
    expect(await lines(ours)).toEqual(await lines(theirs));
    expect(await ours.getMetricsAsJSON()).toHaveLength(2);
    ours.resetMetrics();
    expect(await ours.metrics()).not.toContain('who=');
  });
});
