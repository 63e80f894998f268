import { describe, expect, it } from '@jest/globals';
import { createHistogram } from 'node:perf_hooks';
import { seededRandom } from '@mib/testkit/random';
import { LatencyReader } from './latency-reader.ts';
import { SlotTimes } from './slot-times.ts';
import { HISTOGRAM_WORDS, StageHistogram } from './stage-histogram.ts';
import { allocateLatency, stageHistogram } from './stages.ts';

const NS_PER_MS = 1e6;
const FRACTIONS = [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 0.9999, 1];

describe('latency', () => {
  it('gives the percentiles that HdrHistogram gives, from a nanosecond to minutes', () => {
    const ours = new StageHistogram(new Float64Array(HISTOGRAM_WORDS));
    const theirs = createHistogram({ lowest: 1, highest: 2 ** 39, figures: 2 });
    const random = seededRandom(11);
    for (let i = 0; i < 50_000; i++) {
      const ns = Math.floor(2 ** (random() * 38)) + 1;
      ours.record(ns / NS_PER_MS, 1);
      theirs.record(ns);
    }
    const figures = ours.read();
    // Milliseconds as doubles may fall one nanosecond short at a bucket's edge, hence the tolerance of one bucket.
    for (const fraction of FRACTIONS) {
      const expected = theirs.percentile(fraction * 100 || 1e-9);
      expect(Math.abs(figures.percentileNs(fraction) - expected) / expected).toBeLessThan(1 / 64);
    }
    expect(figures.count).toBe(50_000);
    expect(Math.abs(figures.maxNs() - theirs.max) / theirs.max).toBeLessThan(1 / 128);
  });

  it('keeps what lies beyond its range in the last bucket, and what is negative in the first', () => {
    const histogram = new StageHistogram(new Float64Array(HISTOGRAM_WORDS));
    histogram.record(-1, 1);
    histogram.record(1e9, 2);
    expect([histogram.read().count, histogram.read().percentileNs(0.1), histogram.read().maxNs()]).toEqual([3, 0, 2 ** 39 - 1]);
  });

  it('counts a run of equal times once and leaves out what is not measured, across the wrap of ring and sequence', () => {
    const memory = allocateLatency(8, 8);
    const times = new SlotTimes(memory.inputTimes);
    const journal = stageHistogram(memory, 'JOURNAL');
    const core = stageHistogram(memory, 'CORE');
    const first = 0x7ffffffe | 0;
    times.enter(first, 3, 100);
    times.skip((first + 3) | 0);
    times.enter((first + 4) | 0, 2, 101);
    times.pass(first, 6, 103, journal);
    times.pass(first, 6, 104, core);
    expect([journal.read().count, core.read().count]).toEqual([5, 5]);
    expect([journal.read().sumMs, core.read().sumMs]).toEqual([3 * 3 + 2 * 2, 5]);
  });

  it('speaks of the last one or two minutes, and of all time to Prometheus', () => {
    const memory = allocateLatency(8, 8);
    let now = 0;
    const reader = new LatencyReader(memory, () => now);
    const total = stageHistogram(memory, 'TOTAL');
    total.record(1, 10);
    expect(reader.recent().at(-1)).toMatchObject({ stage: 5, count: 10n });
    now = 61_000;
    expect(reader.recent().at(-1)).toMatchObject({ count: 10n });
    total.record(3, 1);
    now = 122_000;
    expect(reader.recent().at(-1)).toMatchObject({ count: 1n });
    expect(reader.recent().at(-1)!.p50Micros).toBeCloseTo(3_000, -2);
    now = 400_000;
    expect(reader.recent().at(-1)).toMatchObject({ count: 0n, p50Micros: 0, maxMicros: 0 });
    const text = reader.metricsText();
    expect(text).toContain('mib_engine_stage_latency_seconds_bucket{stage="TOTAL",le="0.0005"} 0');
    expect(text).toContain('mib_engine_stage_latency_seconds_bucket{stage="TOTAL",le="0.002"} 10');
    expect(text).toContain('mib_engine_stage_latency_seconds_bucket{stage="TOTAL",le="+Inf"} 11');
    expect(text).toContain('mib_engine_stage_latency_seconds_sum{stage="TOTAL"} 0.013');
    expect(text).toContain('mib_engine_stage_latency_seconds_count{stage="JOURNAL"} 0');
  });
});
