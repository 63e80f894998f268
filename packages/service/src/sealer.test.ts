import { describe, expect, it } from '@jest/globals';
import { Sealer } from './sealer.ts';

const sealer = new Sealer('a secret of at least 32 characters!', 'test');
const sealed = sealer.seal('a', 'Zürich');

describe('sealed text', () => {
  it('opens under its own secret, purpose and name', () => {
    expect(sealer.open('a', sealed)).toBe('Zürich');
    expect(sealed.includes('Zürich')).toBe(false);
    expect(sealer.seal('a', 'Zürich')).not.toEqual(sealed);
  });

  it.each([
    ['another name', sealer, 'b', sealed],
    ['another secret', new Sealer('another secret of 32 characters!!', 'test'), 'a', sealed],
    ['another purpose', new Sealer('a secret of at least 32 characters!', 'other'), 'a', sealed],
    ['a flipped bit', sealer, 'a', Buffer.from(sealed.map((byte, index) => (index === 30 ? byte ^ 1 : byte)))],
    ['a short tag', sealer, 'a', sealed.subarray(0, 20)],
    ['nothing', sealer, 'a', Buffer.alloc(0)],
  ])('does not open with %s', (_, by, name, text) => {
    expect(by.open(name, text)).toBeUndefined();
  });
});
