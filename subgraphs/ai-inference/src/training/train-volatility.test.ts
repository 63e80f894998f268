import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { manifest as manifestShape } from '../registry/manifest.ts';
import { parseHistory, readHistory } from './read-history.ts';
import { trainVolatility, type TrainedModel } from './train-volatility.ts';

const folder = new URL('../../models/volatility-log-har-1.0.0/', import.meta.url);
const HEADER = 'date,open,high,low,close,adjclose,volume';

describe('training on the shipped history', () => {
  let trained: TrainedModel;

  beforeAll(() => {
    trained = trainVolatility(readHistory());
  });

  it('reproduces the committed model byte for byte', () => {
    const manifest = readFileSync(new URL('model.json', folder), 'utf8');
    expect(trained.manifest.sha256).toBe((JSON.parse(manifest) as { sha256: string }).sha256);
    expect(Buffer.compare(trained.file, readFileSync(new URL('model.onnx', folder)))).toBe(0);
    expect(`${JSON.stringify(trained.manifest, null, 2)}\n`).toBe(manifest);
  });

  it('beats EWMA(0.94) of the same realised variance by at least 15 % in QLIKE', () => {
    const [headline] = trained.manifest.scoreboards;
    expect(headline).toMatchObject({ target: 'REALISED_VARIANCE', baselineName: 'EWMA_REALISED', measure: 'QLIKE', days: 4104, to: '2020-04-17' });
    expect(headline!.improvementPercent).toBeGreaterThanOrEqual(15);
    expect(headline!.tStatistic).toBeGreaterThan(2);
    expect(headline!.improvementPercent).toBeCloseTo((1 - headline!.model / headline!.baseline) * 100, 2);
  });

  it('beats RiskMetrics on realised variance and on its own ground too, in every year at least equally', () => {
    const against = (target: string) => trained.manifest.scoreboards.find((board) => board.target === target && board.baselineName === 'RISK_METRICS')!;
    expect(against('REALISED_VARIANCE').improvementPercent).toBeGreaterThan(15);
    expect(against('SQUARED_RETURN').improvementPercent).toBeGreaterThan(5);
    for (const { improvementPercent } of trained.manifest.scoreboards[0]!.periods) expect(improvementPercent).toBeGreaterThan(0);
  });

  it('admits that it has no edge in direction', () => {
    const direction = trained.manifest.scoreboards.find((board) => board.target === 'PRICE_DIRECTION')!;
    expect(direction.improvementPercent).toBeLessThan(0);
  });

  it('is right in level and in the width of its interval', () => {
    const metric = (name: string) => trained.manifest.metrics.find((each) => each.name === name)!.value;
    expect(Math.abs(metric('realisedOverForecast') - 1)).toBeLessThan(0.1); // 4 % in volatility; the baseline has 3 %
    expect(Math.abs(metric('squaredReturnOverForecast') - 1)).toBeLessThan(0.05);
    expect(Math.abs(metric('intervalCoverage') - 0.9)).toBeLessThan(0.03);
  });

  it('makes claims that come true more often than on any day', () => {
    for (const { days, hitRate, baseRate } of Object.values(trained.manifest.claims)) {
      expect(days).toBeGreaterThan(100);
      expect(hitRate).toBeGreaterThan(baseRate + 0.1);
    }
  });

  it('writes a manifest that the registry accepts', () => {
    expect(manifestShape.parse(trained.manifest)).toEqual(trained.manifest);
  });
});

describe('reading history', () => {
  it.each([
    ['another header', 'date,close\n2020-01-02,1'],
    ['a field that is no number', `${HEADER}\n2020-01-02,1,x,1,1,1,1`],
    ['a high below the close', `${HEADER}\n2020-01-02,1,1,1,2,1,1`],
    ['a price of zero', `${HEADER}\n2020-01-02,1,1,0,1,1,1`],
    ['a day that is not later', `${HEADER}\n2020-01-02,1,1,1,1,1,1\n2020-01-02,1,1,1,1,1,1`],
  ])('refuses %s', (_, text) => {
    expect(() => parseHistory(text)).toThrow(/header must be|is not the next daily bar/);
  });
});
