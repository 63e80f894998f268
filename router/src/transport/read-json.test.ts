import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_JSON_DEPTH, parseJson, readJson } from './read-json.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON from strangers', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        fc.pre(!text.includes('"__proto__"'));
        expect(parseJson(text, 'x')).toEqual(JSON.parse(text));
      }),
    );
  });

  it('says so when an object has a name twice, wherever that is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 5, noNullPrototype: true }), fc.jsonValue(), (object, other) => {
        const text = JSON.stringify(object);
        const [name = ''] = Object.keys(object);
        fc.pre(!text.includes('"__proto__"'));
        const doubled = `{"a":[${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(other)}}]}`;
        expect(() => parseJson(doubled, 'it')).toThrow(/^it (has an object with the same name twice|may not use the name "__proto__")$/);
      }),
    );
  });

  it.each([
    ['no JSON', '{', 'the body must be JSON'],
    ['a comment', '{} // ', 'the body must be JSON'],
    ['NaN', '{"a":NaN}', 'the body must be JSON'],
    ['a byte order mark', '\uFEFF{}', 'the body must be JSON'],
    ['a name twice', '{"query":"a","variables":{"a":1,"a":2}}', 'the body has an object with the same name twice'],
    ['a name twice, once with an escape', '{"a":1,"\\u0061":2}', 'the body has an object with the same name twice'],
    ['a name that JavaScript gives a meaning', '{"a":[{"__proto__":{"b":1}}]}', 'the body may not use the name "__proto__"'],
    ['too deep a list', nested(MAX_JSON_DEPTH + 1), `the body may nest at most ${MAX_JSON_DEPTH} deep`],
    ['far too deep a list', nested(200_000), `the body may nest at most ${MAX_JSON_DEPTH} deep`],
  ])('refuses %s', (_title, text, message) => {
    expect(() => parseJson(text, 'the body')).toThrow(message);
  });

  it('takes the deepest that is allowed', () => {
    expect(parseJson(nested(MAX_JSON_DEPTH), 'it')).toBeDefined();
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readJson(Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'the body')).toThrow('the body must be UTF-8');
  });
});
