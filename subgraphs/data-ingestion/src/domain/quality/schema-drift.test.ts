import { describe, expect, it } from '@jest/globals';
import { FieldWatch, type Drift } from './schema-drift.ts';

function watched() {
  const alarms: Drift[] = [];
  const watch = new FieldWatch({ trade: { required: ['p', 'q'], optional: ['m'] } }, (drift) => alarms.push(drift));
  return { watch, alarms };
}

describe('the watch over fields', () => {
  it('says nothing while messages are what they were', () => {
    const { watch, alarms } = watched();
    for (const message of [{ p: 1, q: 2 }, { p: 1, q: 2, m: true }]) watch.see('trade', message);
    watch.see('other', { anything: 1 });
    expect([alarms, watch.drifts()]).toEqual([[], []]);
  });

  it('alarms once for each field that came or went, and counts them all', () => {
    const { watch, alarms } = watched();
    for (let turn = 0; turn < 3; turn += 1) watch.see('trade', { p: 1, x: 2 });
    expect(alarms).toEqual([{ kind: 'trade', field: 'x', change: 'UNKNOWN', count: 1 }, { kind: 'trade', field: 'q', change: 'MISSING', count: 1 }]);
    expect(watch.drifts().map(({ count }) => count)).toEqual([3, 3]);
  });

  it('looks at few of very many messages and still notices', () => {
    const { watch, alarms } = watched();
    for (let index = 0; index < 2_000; index += 1) watch.see('trade', { p: 1, q: 2 });
    for (let index = 0; index < 64; index += 1) watch.see('trade', { p: 1, q: 2, late: 3 });
    expect(alarms.map(({ field }) => field)).toEqual(['late']);
  });

  it('keeps no more names than its bound', () => {
    const { watch, alarms } = watched();
    for (let index = 0; index < 900; index += 1) watch.see('trade', { p: 1, q: 2, [`${'n'.repeat(100)}${index}`.slice(-80)]: 1, [`f${index}`]: 1 });
    expect(alarms.length).toBe(200);
    expect(Math.max(...alarms.map(({ field }) => field.length))).toBeLessThanOrEqual(60);
  });
});
