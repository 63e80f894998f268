import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { AccountHistory, type HistoryOptions } from './account-history.ts';
import type { ClosePoint } from './daily-closes.ts';
import { InstrumentBook } from './instrument-book.ts';
import { tradedInstrument } from './instrument.ts';
import type { CashFlowRow, FillRow } from './ledger.ts';

const SPX = tradedInstrument({ instrumentNumber: 1, instrumentId: 'SPX.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
const DAX = tradedInstrument({ instrumentNumber: 2, instrumentId: 'DAX.XSIM', tickSize: '0.01', lotSize: '1', currency: 'EUR', cashScale: 4 });
const TODAY = '2026-11-30';

function history(options: Partial<HistoryOptions> = {}): AccountHistory {
  return new AccountHistory({
    fromDay: '2026-11-16', throughDay: '2026-11-18', today: TODAY, baseCurrency: 'USD', method: 'FIFO', instruments: new InstrumentBook([SPX, DAX]),
    closes: closes(['2026-11-16', '100'], ['2026-11-17', '110'], ['2026-11-18', '99']), markOf: () => null, ...options,
  });
}

function closes(...points: readonly (readonly [day: string, close: string])[]): ReadonlyMap<string, readonly ClosePoint[]> {
  return new Map([[SPX.id, points.map(([day, close]) => ({ day, close: parseDecimal(close) }))]]);
}

let sequence = 0;
function deposit(day: string, amount: number, currency = 'USD'): CashFlowRow {
  return { sequence: ++sequence, accountNumber: 1000, currency, amountUnits: BigInt(amount) * 10_000n, atNs: noon(day) };
}

function fill(day: string, side: 'BUY' | 'SELL', quantityLots: number, price: number, instrumentNumber = 1, feeUnits = 0n): FillRow {
  return { sequence: ++sequence, leg: 0, orderId: 1, accountNumber: 1000, instrumentNumber, side, priceTicks: price * 100, quantityLots, feeUnits, atNs: noon(day) };
}

function noon(day: string): bigint {
  return BigInt(Date.parse(`${day}T12:00:00Z`)) * 1_000_000n;
}

describe('the history of an account', () => {
  it('is valued at the closes, flows left out of the return', () => {
    const account = history();
    account.flow(deposit('2026-11-16', 1_000));
    account.fill(fill('2026-11-16', 'BUY', 10, 100));
    account.flow(deposit('2026-11-18', 1_000));
    const { twr, mwr, maxDrawdown, unrealised, realised, complete, days } = account.finish();
    // 1000 -> 1000 -> 1100 -> (1100 + 1000) -> 1990
    expect(twr).toBeCloseTo(1.1 * (1990 / 2100) - 1, 12);
    expect(maxDrawdown).toBeCloseTo(1 - 1990 / 2100, 12);
    expect(mwr).toBeLessThan(0);
    expect([Number(formatDecimal(realised)), Number(formatDecimal(unrealised)), complete, days]).toEqual([0, -10, true, 3]);
  });

  it('has made less by its fees, which are counted from the day they are paid', () => {
    const account = history();
    account.flow(deposit('2026-11-16', 1_000));
    account.fill(fill('2026-11-16', 'BUY', 1, 100, 1, 20_000n));
    account.fill(fill('2026-11-17', 'SELL', 1, 130, 1, -5_000n));
    const { realised, fees, unrealised } = account.finish();
    expect([realised, fees, unrealised].map((amount) => Number(formatDecimal(amount)))).toEqual([28.5, 1.5, 0]);
  });

  it('begins with what was there before the range, and counts what was realised within', () => {
    const account = history({ closes: closes(['2026-11-13', '120'], ['2026-11-16', '130']), method: 'LIFO', throughDay: '2026-11-16' });
    account.flow(deposit('2026-11-02', 10_000));
    account.fill(fill('2026-11-02', 'BUY', 10, 100));
    account.fill(fill('2026-11-03', 'BUY', 10, 140));
    account.fill(fill('2026-11-04', 'SELL', 5, 130));
    account.fill(fill('2026-11-16', 'SELL', 5, 150));
    const { realised, unrealised, twr } = account.finish();
    expect(Number(formatDecimal(realised))).toBe(50);
    expect(Number(formatDecimal(unrealised))).toBe(300);
    // Before: 10000 - 1000 - 1400 + 650 + 15 * 120; after: + 750 + 10 * 130
    expect(twr).toBeCloseTo((8_250 + 750 + 1_300) / (8_250 + 1_800) - 1, 12);
  });

  it('leaves out what comes after the range', () => {
    const account = history();
    account.flow(deposit('2026-11-16', 1_000));
    account.flow(deposit('2026-11-19', 5_000));
    account.fill(fill('2026-11-20', 'BUY', 10, 100));
    expect(account.finish()).toMatchObject({ twr: 0, days: 3, complete: true });
  });

  it('uses the mark for today and says so when there is none', () => {
    const today = { fromDay: TODAY, throughDay: TODAY, closes: new Map() };
    const play = (account: AccountHistory) => {
      account.flow(deposit(TODAY, 1_000));
      account.fill(fill(TODAY, 'BUY', 10, 100));
      return account.finish();
    };
    expect(play(history({ ...today, markOf: () => parseDecimal('103.5') }))).toMatchObject({ twr: 0.03499999999999992, complete: true, observations: 0, missingPrices: [] });
    expect(play(history(today))).toMatchObject({ twr: 0, complete: false, missingPrices: [SPX] });
  });

  it('does not take a close from before the last fill for a price', () => {
    const account = history({ closes: closes(['2026-11-13', '50']), throughDay: '2026-11-16' });
    account.flow(deposit('2026-11-16', 1_000));
    account.fill(fill('2026-11-16', 'BUY', 10, 100));
    expect(account.finish()).toMatchObject({ twr: 0, complete: false, missingPrices: [SPX] });
  });

  it('names the currencies that it cannot convert and leaves them out', () => {
    const account = history();
    account.flow(deposit('2026-11-16', 1_000));
    account.flow(deposit('2026-11-16', 700, 'EUR'));
    account.fill(fill('2026-11-17', 'BUY', 1, 500, 2));
    expect(account.finish()).toMatchObject({ twr: 0, complete: false, missingRates: ['EUR'], missingPrices: [] });
  });
});
