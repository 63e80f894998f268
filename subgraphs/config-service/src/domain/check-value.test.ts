import { describe, expect, it } from '@jest/globals';
import { checkValue } from './check-value.ts';
import { KNOWN_KEYS, requireKey } from './known-keys.ts';

describe('a value', () => {
  it.each([
    ['core-engine.stale-after-seconds', '1', '1'],
    ['core-engine.stale-after-seconds', ' 3600 ', '3600'],
    ['core-engine.stale-after-seconds', '3e1', '30'],
    ['platform.log-level', '"warn"', '"warn"'],
    ['user.locale', '"de-CH"', '"de-CH"'],
    ['user.time-zone', '"America/Argentina/Ushuaia"', '"America/Argentina/Ushuaia"'],
    ['user.chart', '{ "interval": "H1", "indicators": ["RSI"] }', '{"interval":"H1","indicators":["RSI"]}'],
    ['flags.anything', '{"rolloutPercent":100,"enabled":false}', '{"rolloutPercent":100,"enabled":false}'],
  ])('%s takes %s as %s', (key, text, stored) => {
    expect(checkValue(requireKey(KNOWN_KEYS, key), text)).toBe(stored);
  });

  it.each([
    ['core-engine.stale-after-seconds', '0', 'value must be >= 1, was 0'],
    ['core-engine.stale-after-seconds', '3601', 'value must be <= 3600, was 3601'],
    ['core-engine.stale-after-seconds', '1.5', 'value must be integer, was 1.5'],
    ['core-engine.stale-after-seconds', '"30"', 'value must be integer, was "30"'],
    ['core-engine.stale-after-seconds', 'null', 'value must be integer, was null'],
    ['core-engine.stale-after-seconds', '', 'value must be JSON text, was '],
    ['core-engine.stale-after-seconds', '30s', 'value must be JSON text, was 30s'],
    ['platform.log-level', '"loud"', 'value must be one of fatal, error, warn, info, debug, trace, silent, was "loud"'],
    ['user.locale', '"de_CH"', 'value must match pattern "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", was "de_CH"'],
    ['user.chart', '{"interval":"H2"}', 'value.interval must be one of S1, M1, M5, M15, M30, H1, H4, D1, W1, MO1, was {"interval":"H2"}'],
    ['user.chart', '{"colour":1}', 'value must NOT have additional properties, was {"colour":1}'],
    ['user.chart', '{"__proto__":{"interval":"H1"}}', 'value must NOT have additional properties, was {"__proto__":{"interval":"H1"}}'],
    ['flags.anything', '{"enabled":true}', "value must have required property 'rolloutPercent', was {\"enabled\":true}"],
    ['flags.anything', '{"enabled":true,"rolloutPercent":101}', 'value.rolloutPercent must be <= 100, was {"enabled":true,"rolloutPercent":101}'],
    ['data-ingestion.simulated-seed', '-7654321', 'value must be >= 0, was a hidden value'],
    ['user.chart', `"${'x'.repeat(8_192)}"`, `value must have at most 8192 bytes, was "${'x'.repeat(79)}`],
  ])('%s refuses %s', (key, text, message) => {
    expect(() => checkValue(requireKey(KNOWN_KEYS, key), text)).toThrow(message);
  });
});

describe('a known key', () => {
  it.each([...KNOWN_KEYS.values()].filter((known) => known.default !== undefined))('$key has a default that fits its own schema', (known) => {
    expect(checkValue(known, JSON.stringify(known.default))).toBe(JSON.stringify(known.default));
  });

  it.each([...KNOWN_KEYS.values()])('$key of SERVICE scope names who applies it', ({ scopes, appliedBy }) => {
    expect(appliedBy.length > 0).toBe(!scopes.includes('USER'));
  });

  it.each(['', 'nothing', '__proto__', 'constructor', 'flags.', 'flags.Bad', 'flags.-a', `flags.${'a'.repeat(61)}`])('is not %j', (key) => {
    expect(() => requireKey(KNOWN_KEYS, key)).toThrow(`key must be one of configKeys, was ${JSON.stringify(key)}`);
  });
});
