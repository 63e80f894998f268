import { describe, expect, it } from '@jest/globals';
import { chooseCoding } from './compression.ts';
import { EVENT_STREAM, JSON_TYPE, negotiate, RESPONSE_JSON } from './media-type.ts';

describe('what a client accepts', () => {
  it.each([
    ['nothing said', undefined, JSON_TYPE],
    ['nothing', '', JSON_TYPE],
    ['anything', '*/*', JSON_TYPE],
    ['anything, as old Java says it', 'text/html, image/gif, *; q=.2, */*; q=.2', JSON_TYPE],
    ['a family', 'application/*', JSON_TYPE],
    ['one type', RESPONSE_JSON, RESPONSE_JSON],
    ['one type in capitals', RESPONSE_JSON.toUpperCase(), RESPONSE_JSON],
    ['the first of two', `${RESPONSE_JSON}, ${JSON_TYPE}`, RESPONSE_JSON],
    ['the better of two', `${RESPONSE_JSON};q=0.5, ${JSON_TYPE};q=0.9`, JSON_TYPE],
    ['a type before everything else', `*/*, ${EVENT_STREAM}`, EVENT_STREAM],
    ['everything but one type', `${JSON_TYPE};q=0, */*`, RESPONSE_JSON],
    ['everything, less gladly', `*/*;q=0.1, ${RESPONSE_JSON};q=0.2`, RESPONSE_JSON],
    ['UTF-8', `${JSON_TYPE}; charset=utf-8`, JSON_TYPE],
    ['a charset that is not served', `${JSON_TYPE}; charset=utf-16`, undefined],
    ['a charset that is not served, or another type', `${JSON_TYPE}; charset=utf-16, ${RESPONSE_JSON};q=0.1`, RESPONSE_JSON],
    ['a type that is not served', 'text/html', undefined],
    ['a refusal of everything', '*/*;q=0', undefined],
    ['a quality that is none', `${JSON_TYPE};q=high`, undefined],
    ['a quality above the greatest', `${JSON_TYPE};q=2`, undefined],
    ['commas and nothing else', ',,,', undefined],
  ])('%s', (_title, accept, type) => {
    expect(negotiate(accept)).toBe(type);
  });
});

describe('how a client wants the body coded', () => {
  it.each([
    ['nothing said', undefined, undefined],
    ['nothing', '', undefined],
    ['what browsers send', 'gzip, deflate, br, zstd', 'br'],
    ['gzip alone', 'gzip', 'gzip'],
    ['gzip under its old name', 'x-gzip', 'gzip'],
    ['gzip before br', 'br;q=0.5, gzip;q=0.8', 'gzip'],
    ['anything', '*', 'br'],
    ['anything but br', 'br;q=0, *', 'gzip'],
    ['no coding', 'identity', undefined],
    ['plain before gzip', 'gzip;q=0.5, identity', undefined],
    ['one that is not served', 'compress', undefined],
    ['a refusal', 'gzip;q=0, br;q=0', undefined],
  ])('%s', (_title, acceptEncoding, coding) => {
    expect(chooseCoding(acceptEncoding)).toBe(coding);
  });
});
