import { describe, expect, it } from '@jest/globals';
import { formatDecimal, parseDecimal } from '@mib/model/decimal';
import { closeStatistics } from './statistics.ts';

const days = (...closes: string[]) => closes.map((close, index) => ({ close: parseDecimal(close), volume: parseDecimal(String(index + 1)) }));

describe('statistics of daily closes', () => {
  it('has the sample deviation of the log returns times the root of 252', () => {
    // Log returns ln 1.1, ln 0.9: their sample deviation is |ln 1.1 - ln 0.9| / sqrt 2.
    const { realisedVol, returns } = closeStatistics(days('100', '110', '99'));
    expect(returns).toBe(2);
    expect(realisedVol).toBeCloseTo((Math.log(1.1 / 0.9) / Math.SQRT2) * Math.sqrt(252), 12);
  });

  it('measures the change from the close before the window', () => {
    expect(closeStatistics(days('100', '110', '99')).changePercent).toBeCloseTo(-1, 12);
  });

  it('averages the volume of the days in the window, not of the close before it', () => {
    expect(formatDecimal(closeStatistics(days('1', '1', '1', '1')).averageVolume!)).toBe('3.00000000');
  });

  it('does not average over days without a volume', () => {
    expect(closeStatistics([...days('1', '2'), { close: parseDecimal('3'), volume: null }]).averageVolume).toBeNull();
  });

  it.each([
    [['100'], 0, null, null],
    [['100', '101'], 1, null, 1],
    [['18.27', '-37.63', '10.01'], 2, null, -45.21],
    [['0', '1'], 1, null, null],
  ] as const)('of %j has %i returns and says null where there is no number', (closes, returns, realisedVol, changePercent) => {
    const statistics = closeStatistics(days(...closes));
    expect(statistics).toMatchObject({ returns, realisedVol });
    if (changePercent === null) expect(statistics.changePercent).toBeNull();
    else expect(statistics.changePercent).toBeCloseTo(changePercent, 2);
  });
});
