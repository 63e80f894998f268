import { describe, expect, it } from '@jest/globals';
import { draftOfRiskAlert } from './domain/notification.ts';
import { parseRiskAlert } from './events.ts';

const ALERT = { id: '7', accountId: 'acc_1', userId: 'ada', level: 'HIGH', metric: 'LEVERAGE', observed: '2.5', limit: '2', orderId: null, instrumentId: null, at: '2026-11-22T14:00:00Z' };

describe('risk alerts', () => {
  it.each<[string, object, object]>([
    ['of an account', ALERT, { sourceKey: 'risk:7', userId: 'ada', severity: 'ERROR', instrumentId: null, title: 'Risk HIGH: LEVERAGE', body: 'Account acc_1: LEVERAGE is 2.5, the limit is 2.' }],
    ['of an instrument', { ...ALERT, level: 'CRITICAL', instrumentId: 'SPX.XSIM' }, { severity: 'CRITICAL', instrumentId: 'SPX.XSIM' }],
    ['without figures', { ...ALERT, metric: 'TRADING_HALTED', observed: null, limit: null }, { body: 'Account acc_1: TRADING_HALTED.' }],
    ['with figures as numbers', { ...ALERT, observed: 2.5, limit: 2 }, { body: 'Account acc_1: LEVERAGE is 2.5, the limit is 2.' }],
    ['of a level unknown here', { ...ALERT, level: 'ODD' }, { severity: 'WARNING' }],
  ])('%s become notifications', (_, alert, draft) => {
    expect(draftOfRiskAlert(parseRiskAlert(JSON.stringify(alert))!)).toMatchObject(draft);
  });

  it.each(['', 'null', '[]', '{}', JSON.stringify({ ...ALERT, userId: '' }), JSON.stringify({ ...ALERT, at: 'today' })])('are not made of %j', (value) => {
    expect(parseRiskAlert(value)).toBeUndefined();
  });
});
