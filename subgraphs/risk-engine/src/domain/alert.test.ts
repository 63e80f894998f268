import { describe, expect, it } from '@jest/globals';
import { COOLDOWN_MS, observe, type AlertState } from './alert.ts';
import type { RiskLevel } from './risk-level.ts';

const look = (before: AlertState | undefined, value: number, atMs: number) => observe(before, { accountNumber: 1000, metric: 'LEVERAGE', value, atMs });

describe('an alert', () => {
  it.each<[string, RiskLevel | undefined, number | null, number, RiskLevel, boolean]>([
    ['comes when a metric reaches HIGH', undefined, null, 0.9, 'HIGH', true],
    ['comes when it rises further', 'HIGH', null, 1.5, 'CRITICAL', true],
    ['does not come below HIGH', 'LOW', null, 0.89, 'MEDIUM', false],
    ['does not come while nothing changes', 'HIGH', null, 1.2, 'HIGH', false],
    ['does not come when it falls', 'CRITICAL', null, 0.95, 'HIGH', false],
    ['does not come within the cooldown, and the rise stays unseen', 'LOW', 1, 1.0, 'LOW', false],
    ['comes after the cooldown', 'LOW', -COOLDOWN_MS, 1.0, 'HIGH', true],
  ])('%s', (_, before, alertedAtMs, value, level, raised) => {
    const outcome = look(before && { level: before, alertedAtMs }, value, COOLDOWN_MS / 2);
    expect(outcome.state.level).toBe(level);
    expect(outcome.alert !== null).toBe(raised);
  });

  it('names what was observed and the threshold reached', () => {
    expect(look(undefined, 1.23456789, 5).alert).toEqual({ accountNumber: 1000, level: 'HIGH', metric: 'LEVERAGE', observed: '1.234568', limit: '0.9', orderId: null, instrumentNumber: null, atMs: 5 });
  });

  it('comes once for a rise that lasts, and again after it has fallen and the cooldown has passed', () => {
    const values = [0.95, 0.95, 0.2, 0.95, 0.95, 0.2, 0.95];
    const times = [0, 1, 2, 3, COOLDOWN_MS, COOLDOWN_MS + 1, 2 * COOLDOWN_MS];
    let state: AlertState | undefined;
    const raised = values.map((value, index) => {
      const outcome = look(state, value, times[index]!);
      state = outcome.state;
      return outcome.alert !== null;
    });
    expect(raised).toEqual([true, false, false, false, true, false, true]);
  });
});
