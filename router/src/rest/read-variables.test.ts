import { describe, expect, it } from '@jest/globals';
import { buildSchema, parse, getOperationAST } from 'graphql';
import { compileEndpoint, type Endpoint } from './endpoint.ts';
import { readVariables } from './read-variables.ts';

const SCHEMA = buildSchema('type Query { q(i: Int, f: Float, b: Boolean, s: String, id: ID, e: Color, l: [Int!], o: In, d: Moment): Int } type Mutation { m(o: In!, dry: Boolean): Int } enum Color { RED } input In { a: Int } scalar Moment');

function endpoint(text: string, rest: Partial<Endpoint['rest']>): Endpoint {
  const definition = getOperationAST(parse(text))!;
  return compileEndpoint({ file: 'f', name: 'Q', description: '', text, kind: definition.operation as 'query', rest: { method: 'GET', path: '/q', status: 200, statuses: [], ...rest } }, definition, SCHEMA);
}

const QUERY = endpoint('query Q($i: Int, $f: Float, $b: Boolean, $s: String, $id: ID, $e: Color, $l: [Int!], $o: In, $d: Moment) { q(i: $i, f: $f, b: $b, s: $s, id: $id, e: $e, l: $l, o: $o, d: $d) }', {});
const MUTATION = endpoint('mutation Q($o: In!, $dry: Boolean) { m(o: $o, dry: $dry) }', { method: 'POST', body: 'o' });
const read = (query: string) => readVariables(QUERY, { path: {}, query: new URLSearchParams(query), body: undefined });

describe('variables of a REST request', () => {
  it.each([
    ['nothing', '', {}],
    ['a whole number', 'i=-3', { i: -3 }],
    ['a fraction', 'f=1.5e3', { f: 1500 }],
    ['a truth', 'b=false', { b: false }],
    ['text that looks like a number', 's=12&id=007', { s: '12', id: '007' }],
    ['empty text', 's=', { s: '' }],
    ['a name', 'e=RED', { e: 'RED' }],
    ['a list', 'l=1&l=2', { l: [1, 2] }],
    ['a list of one', 'l=1', { l: [1] }],
    ['an object as JSON', 'o=%7B%22a%22%3A1%7D', { o: { a: 1 } }],
    ['a scalar of the schema', 'd=2020-04-17', { d: '2020-04-17' }],
  ])('%s', (_title, query, variables) => {
    expect(read(query)).toEqual(variables);
  });

  it.each([
    ['a fraction for a whole number', 'i=1.5', 'i must be Int, was "1.5"'],
    ['nothing for a whole number', 'i=', 'i must be Int, was ""'],
    ['an infinite number', 'f=1e999', 'f must be Float, was "1e999"'],
    ['a word for a truth', 'b=yes', 'b must be Boolean, was "yes"'],
    ['a wrong element', 'l=1&l=x', 'l must be Int, was "x"'],
    ['two of one', 's=a&s=b', 'the query parameter s is given 2 times'],
    ['an object that is no JSON', 'o=a', 'o must be JSON'],
    ['a name that every object has', 'constructor=1', 'there is no query parameter "constructor"'],
  ])('refuses %s', (_title, query, message) => {
    expect(() => read(query)).toThrow(message);
  });

  it('takes one variable as the whole body and the others from the query string', () => {
    expect(readVariables(MUTATION, { path: {}, query: new URLSearchParams('dry=true'), body: { a: 1 } })).toEqual({ o: { a: 1 }, dry: true });
  });
});
