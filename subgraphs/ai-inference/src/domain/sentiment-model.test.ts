import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SentimentModel } from './sentiment-model.ts';

const model = SentimentModel.parse(readFileSync(new URL('../../models/finance-lexicon-1.0.0/lexicon.json', import.meta.url), 'utf8'));

describe('sentiment of a headline', () => {
  it.each([
    ['Acme beats estimates as profit surges', 'POSITIVE'],
    ['Shares plunge after fraud probe', 'NEGATIVE'],
    ['Stocks slipped on growing recession worries', 'NEGATIVE'],
    ['Fed to meet on Wednesday', 'NEUTRAL'],
    ['No recession in sight, economists say', 'POSITIVE'],
    ['Acme fails to beat estimates', 'NEGATIVE'],
    ['Regulator didn’t approve the merger', 'NEGATIVE'],
    ['Gains and losses in a mixed session', 'NEUTRAL'],
    ['', 'NEUTRAL'],
  ])('of %p is %s', (headline, label) => {
    expect(model.score(headline).label).toBe(label);
  });

  it('shows the words it counted, with their sign', () => {
    expect(model.score('Profit rises, no crisis: lower costs')).toEqual({
      score: (1 + 1 + 2 + 1) / 6,
      label: 'POSITIVE',
      words: [{ name: 'profit', value: 1 }, { name: 'rises', value: 1 }, { name: 'crisis', value: 2 }, { name: 'lower', value: 1 }],
    });
  });

  it('stays within -1 and 1 and reads the beginning of a long text only', () => {
    expect(Math.abs(model.score('crash '.repeat(300)).score)).toBeLessThan(1);
    expect(model.score(`${'a '.repeat(1_000)}crash`).words).toEqual([]);
  });
});
