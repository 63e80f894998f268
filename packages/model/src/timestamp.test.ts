import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, parseTimestamp, timestampToDate } from './timestamp.ts';

describe('a timestamp', () => {
  it.each([
    ['2020-04-17T20:00:00Z', '2020-04-17T20:00:00Z'],
    ['2020-04-17T20:00:00.5Z', '2020-04-17T20:00:00.500Z'],
    ['2020-04-17T20:00:00.000001Z', '2020-04-17T20:00:00.000001Z'],
    ['2020-04-17T20:00:00.123456789+02:00', '2020-04-17T18:00:00.123456789Z'],
    ['1969-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.999999999Z'],
  ])('reads %s and writes %s', (text, expected) => {
    expect(formatTimestamp(parseTimestamp(text))).toBe(expected);
  });

  it.each(['2020-04-17', '2020-04-17T20:00:00', '2023-02-29T00:00:00Z', '2020-13-01T00:00:00Z', '2020-04-17T20:00:00.1234567890Z', 'now'])('refuses %s', (text) => {
    expect(() => parseTimestamp(text, 'from')).toThrow(/^from must be an RFC 3339 date-time/);
  });

  it('keeps every nanosecond through text', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 18n), max: 4n * 10n ** 18n }), (ns) => expect(parseTimestamp(formatTimestamp(ns))).toBe(ns)));
  });

  it('never rounds a date up', () => {
    expect(timestampToDate(-1n).toISOString()).toBe('1969-12-31T23:59:59.999Z');
  });
});
