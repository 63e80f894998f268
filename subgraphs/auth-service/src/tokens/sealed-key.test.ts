import { describe, expect, it } from '@jest/globals';
import { KeySealer } from './sealed-key.ts';

describe('sealed key', () => {
  const sealer = new KeySealer('a secret of at least thirty-two characters');
  const sealed = sealer.seal('kid-1', 'private');

  it('opens with the same secret for the same key id', () => {
    expect(sealer.open('kid-1', sealed)).toBe('private');
    expect(new KeySealer('a secret of at least thirty-two characters').open('kid-1', sealed)).toBe('private');
  });

  it('never seals alike twice', () => {
    expect(sealer.seal('kid-1', 'private')).not.toEqual(sealed);
  });

  it.each<[string, KeySealer, string, Uint8Array]>([
    ['another secret', new KeySealer('another secret of thirty-two characters'), 'kid-1', sealed],
    ['another key id', sealer, 'kid-2', sealed],
    ['a changed bit', sealer, 'kid-1', sealed.map((byte, i) => (i === sealed.length - 1 ? byte ^ 1 : byte))],
    ['a cut tail', sealer, 'kid-1', sealed.subarray(0, 20)],
    ['nothing', sealer, 'kid-1', new Uint8Array()],
  ])('stays shut with %s', (_, opener, kid, bytes) => {
    expect(opener.open(kid, bytes)).toBeUndefined();
  });
});
