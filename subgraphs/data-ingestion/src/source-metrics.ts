// What every source has been doing, in Prometheus' words. The figures are read when somebody asks for them; a source's id
// is the only label, and there are at most a hundred.

import { Counter, Gauge } from 'prom-client';
import type { Metrics } from '@mib/service/metrics';
import { qualityScore } from './domain/quality/quality-score.ts';
import { SOURCE_STATES, type SourceSnapshot } from './domain/source-health.ts';

const COUNTERS = [
  ['mib_source_messages_total', 'Messages taken', 'messages'],
  ['mib_source_rejected_total', 'Messages refused', 'rejectedMessages'],
  ['mib_source_gaps_total', 'Interruptions of the flow', 'gapsDetected'],
  ['mib_source_resyncs_total', 'Times the flow was brought back', 'resyncs'],
  ['mib_source_checksum_failures_total', 'Books that were not what the checksum says', 'checksumFailures'],
  ['mib_source_bad_prints_total', 'Trades and bars that cannot be true', 'badPrints'],
  ['mib_source_schema_drifts_total', 'Fields of messages that came or went', 'schemaDrifts'],
] as const;

export function watchSources({ registry }: Pick<Metrics, 'registry'>, snapshots: () => readonly SourceSnapshot[]): void {
  const registers = [registry];
  for (const [name, help, field] of COUNTERS) {
    new Counter({
      name, help, labelNames: ['source'], registers,
      collect() {
        this.reset();
        for (const source of snapshots()) this.inc({ source: source.id }, source[field]);
      },
    });
  }
  new Gauge({
    name: 'mib_source_state', help: '1 for the state that a source is in', labelNames: ['source', 'state'], registers,
    collect() {
      for (const source of snapshots()) for (const state of SOURCE_STATES) this.set({ source: source.id, state }, source.state === state ? 1 : 0);
    },
  });
  new Gauge({
    name: 'mib_source_quality', help: 'How far a source can be trusted, 0 to 1', labelNames: ['source'], registers,
    collect() {
      for (const source of snapshots()) this.set({ source: source.id }, qualityScore(source));
    },
  });
}
