import { describe, expect, it } from '@jest/globals';
import { parse, print, stripIgnoredCharacters, type OperationDefinitionNode } from 'graphql';
import { Conditions, settleConditions, type Settled } from './settle-conditions.ts';

const definitionOf = (text: string): OperationDefinitionNode => parse(text).definitions[0] as OperationDefinitionNode;
const normal = (text: string): string => stripIgnoredCharacters(print(parse(text)));

describe('settling @skip and @include', () => {
  it.each([
    ['what is in', 'query($a: Boolean!) { x @include(if: $a) y @skip(if: $a) }', { a: true }, '{ x }'],
    ['what is out', 'query($a: Boolean!) { x @include(if: $a) y @skip(if: $a) }', { a: false }, '{ y }'],
    ['literals', '{ x @skip(if: true) y @include(if: true) z @include(if: false) }', {}, '{ y }'],
    ['both on one field', 'query($a: Boolean!, $b: Boolean!) { x @skip(if: $a) @include(if: $b) y }', { a: true, b: true }, '{ y }'],
    ['fragments of which nothing is left', '{ x { y ... on T { z @skip(if: true) } ... { w @skip(if: true) } } }', {}, '{ x { y } }'],
    ['objects of which nothing is left', '{ x { y @skip(if: true) } }', {}, '{ x { __typename } }'],
    ['deferred fragments of which nothing is left', '{ x { y ... @defer(label: "l") { z @skip(if: true) } } }', {}, '{ x { y ... @defer(label: "l") { __typename } } }'],
    ['variables that are still used', 'query($a: Boolean!, $b: Int, $c: Int) { x(n: $b) y(n: $c) @include(if: $a) }', { a: false }, 'query($b: Int) { x(n: $b) }'],
    ['a variable that is not there', 'query($a: Boolean) { x @include(if: $a) y }', {}, '{ y }'],
  ])('takes %s', (_title, text, variables, expected) => {
    expect(settleConditions(definitionOf(text), variables).key).toBe(normal(expected));
  });

  it('says when nothing is left', () => {
    expect(settleConditions(definitionOf('{ x @skip(if: true) }'), {}).isEmpty).toBe(true);
  });

  it('works each setting out once, and leaves an operation without conditions as it is', () => {
    const conditions = new Conditions();
    const plain: Settled = { key: '{x}', definition: definitionOf('{ x }'), isEmpty: false };
    expect(conditions.settle(plain, { a: true })).toBe(plain);
    const text = 'query($a:Boolean!){x@include(if:$a)y}';
    const switched: Settled = { key: text, definition: definitionOf(text), isEmpty: false };
    const on = conditions.settle(switched, { a: true });
    expect(conditions.settle(switched, { a: true, other: 1 })).toBe(on);
    expect([on.key, conditions.settle(switched, { a: false }).key]).toEqual(['{x y}', '{y}']);
  });
});
