import { describe, expect, it } from '@jest/globals';
import { parseLabel } from './label.ts';

describe('label', () => {
  it.each([['Ada', 'Ada'], ['  my key ', 'my key'], ['🐎'.repeat(80), '🐎'.repeat(80)]])('takes %j', (text, label) => {
    expect(parseLabel(text, 'name')).toBe(label);
  });

  it.each([
    ['', 'name must have 1..80 characters, had 0'],
    ['   ', 'had 0'],
    ['x'.repeat(81), 'had 81'],
    ['a\u0000b', 'control characters'],
    ['a\u202eb', 'control characters'],
    ['line\nbreak', 'control characters'],
  ])('refuses %j: %s', (text, message) => {
    expect(() => parseLabel(text, 'name')).toThrow(message);
  });
});
