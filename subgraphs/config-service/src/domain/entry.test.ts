import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { entryNameOf } from './entry-name.ts';
import { entryId, parseEntryId, SCOPES } from './entry.ts';
import { KNOWN_KEYS } from './known-keys.ts';

const STALE = KNOWN_KEYS.get('core-engine.stale-after-seconds')!;
const LOG = KNOWN_KEYS.get('platform.log-level')!;
const THEME = KNOWN_KEYS.get('user.theme')!;

describe('the id of an entry', () => {
  it('can be read back, whatever the scope id', () => {
    fc.assert(fc.property(fc.constantFrom(...SCOPES), fc.string({ maxLength: 50 }).filter((text) => !text.includes('\0')), fc.stringMatching(/^[a-z0-9.-]{1,40}$/), (scope, scopeId, key) => {
      expect(parseEntryId(entryId({ scope, scopeId, key }))).toEqual({ scope, scopeId, key });
    }));
  });

  it.each(['', 'GLOBAL', 'GLOBAL:', 'NONE::a', 'GLOBAL::', 'GLOBAL::A', 'USER:\0:a'])('is not %j', (id) => {
    expect(parseEntryId(id)).toBeUndefined();
  });
});

describe('the entry that a caller means', () => {
  it.each([
    [STALE, {}, 'SERVICE:core-engine:core-engine.stale-after-seconds'],
    [STALE, { scope: 'SERVICE', scopeId: 'core-engine' }, 'SERVICE:core-engine:core-engine.stale-after-seconds'],
    [LOG, { scope: 'GLOBAL' }, 'GLOBAL::platform.log-level'],
    [LOG, { scope: 'SERVICE', scopeId: 'data-ingestion' }, 'SERVICE:data-ingestion:platform.log-level'],
    [THEME, {}, 'USER:ada:user.theme'],
    [THEME, { scope: 'USER', scopeId: 'bob' }, 'USER:bob:user.theme'],
  ] as const)('$key of %j is %s', (known, given, id) => {
    expect(entryId(entryNameOf(known, given, 'ada'))).toBe(id);
  });

  it.each([
    [STALE, { scope: 'GLOBAL' }, 'scope must be SERVICE for core-engine.stale-after-seconds, was "GLOBAL"'],
    [STALE, { scopeId: 'router' }, 'scopeId must be core-engine for core-engine.stale-after-seconds, was "router"'],
    [LOG, {}, 'scope must be GLOBAL or SERVICE for platform.log-level, was left out'],
    [LOG, { scope: 'GLOBAL', scopeId: 'x' }, 'scopeId must be left out in GLOBAL, was "x"'],
    [LOG, { scope: 'SERVICE' }, 'scopeId must be core-engine or data-ingestion for platform.log-level, was left out'],
    [THEME, { scope: 'GLOBAL' }, 'scope must be USER for user.theme, was "GLOBAL"'],
  ] as const)('$key of %j is none: %s', (known, given, message) => {
    expect(() => entryNameOf(known, given, 'ada')).toThrow(message);
  });
});

describe('a cursor', () => {
  it('names a place and nothing else', () => {
    expect(decodeCursor(encodeCursor(123_456_789_012_345n))).toBe(123_456_789_012_345n);
    for (const text of ['', 'x', Buffer.from('config-change:-1').toString('base64url'), Buffer.from('order:1.0').toString('base64url')]) {
      expect(() => decodeCursor(text)).toThrow(`after must be the cursor of an entry, was ${JSON.stringify(text)}`);
    }
  });
});
