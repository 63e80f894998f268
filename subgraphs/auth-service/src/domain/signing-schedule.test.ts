import { describe, expect, it } from '@jest/globals';
import { ACCESS_TOKEN_MS, KEY_PUBLISHED_AHEAD_MS, SIGNING_KEY_MS } from './lifetimes.ts';
import { dueKey, publishedKeys, replacementKey, signingKey, type KeyTimes } from './signing-schedule.ts';

const START = Date.UTC(2026, 10, 22);
const MINUTE_MS = 60_000;
const STEP_MS = 10 * MINUTE_MS;
const at = (ms: number): Date => new Date(START + ms);

describe('signing keys over a year', () => {
  it('always have one that signs, published an hour before it does, and verify every token to its end', () => {
    const keys: (KeyTimes & { readonly publishedAt: Date })[] = [];
    const faults: Date[] = [];
    for (let ms = 0; ms < 366 * 24 * 60 * MINUTE_MS; ms += STEP_MS) {
      const now = at(ms);
      const due = dueKey(keys, now);
      if (due) keys.push({ ...due, publishedAt: now });
      const signer = signingKey(keys, now)!;
      const knownToCaches = signer === keys[0] || now.getTime() - signer.publishedAt.getTime() >= KEY_PUBLISHED_AHEAD_MS - STEP_MS;
      const verifiesToItsEnd = publishedKeys(keys, new Date(now.getTime() + ACCESS_TOKEN_MS)).includes(signer);
      if (!knownToCaches || !verifiesToItsEnd) faults.push(now);
    }
    expect(faults).toEqual([]);
    expect(keys).toHaveLength(5);
  });

  it('start signing at once when there is none, also after a long sleep', () => {
    const first = dueKey([], at(0))!;
    expect(first.signsFrom).toEqual(at(0));
    expect(dueKey([first], at(SIGNING_KEY_MS * 2))?.signsFrom).toEqual(at(SIGNING_KEY_MS * 2));
    expect(dueKey([first], at(1))).toBeUndefined();
  });

  it('are replaced with an overlap', () => {
    const first = dueKey([], at(0))!;
    const { next, ended } = replacementKey(at(5 * MINUTE_MS));
    const old = { ...first, ...ended };
    expect(signingKey([old, next], at(5 * MINUTE_MS))).toBe(old);
    expect(signingKey([old, next], at(5 * MINUTE_MS + KEY_PUBLISHED_AHEAD_MS))).toBe(next);
    expect(publishedKeys([old, next], at(5 * MINUTE_MS + KEY_PUBLISHED_AHEAD_MS + ACCESS_TOKEN_MS))).toEqual([old, next]);
    expect(dueKey([old, next], at(5 * MINUTE_MS))).toBeUndefined();
  });
});
