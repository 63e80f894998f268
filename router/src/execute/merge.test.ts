import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { TypeTable } from '../plan/type-table.ts';
import { joinOperations } from './join-operations.ts';
import type { JsonObject } from './json.ts';
import { merge } from './merge.ts';
import { compileRepresentation } from './representation.ts';
import { applyRewrites } from './rewrites.ts';
import { commonPrefix, targetPathsAt, targetsAt } from './targets.ts';

const TYPES = new TypeTable(parse('type Book implements Media { id: ID } type Film implements Media { id: ID } interface Media { id: ID } union Any = Book'));

describe('merging', () => {
  it.each([
    ['a new field', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['nested objects', { a: { x: 1 } }, { a: { y: 2 } }, { a: { x: 1, y: 2 } }],
    ['lists by index', { a: [{ x: 1 }, { x: 2 }] }, { a: [{ y: 1 }, { y: 2 }] }, { a: [{ x: 1, y: 1 }, { x: 2, y: 2 }] }],
    ['a null that does not wipe out', { a: { x: 1 } }, { a: null }, { a: { x: 1 } }],
    ['a value over a null', { a: null }, { a: { x: 1 } }, { a: { x: 1 } }],
    ['a newer scalar', { a: 1 }, { a: 2 }, { a: 2 }],
    ['the type over the interface', { __typename: 'Media' }, { __typename: 'Book' }, { __typename: 'Book' }],
    ['no interface over the type', { __typename: 'Book' }, { __typename: 'Media' }, { __typename: 'Book' }],
    ['a null for what is unknown', {}, { a: null }, { a: null }],
    ['names that every object has', {}, { constructor: 'x', toString: { y: 1 } }, { constructor: 'x', toString: { y: 1 } }],
  ])('takes %s', (_title, target, source, expected) => {
    const into = target as JsonObject;
    merge(into, source as unknown as JsonObject, TYPES);
    expect(into).toEqual(expected);
  });

  it('never reaches a prototype', () => {
    merge({}, JSON.parse('{"__proto__":{"polluted":true}}') as JsonObject, TYPES);
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });
});

describe('targets', () => {
  const data = { users: [{ reviews: [{ product: { upc: 1 } }, { product: null }] }, null, { reviews: [{ product: { upc: 2 } }] }] };
  const path = ['users', '@', 'reviews', '@', 'product'];
  it('finds what a path means, and where it was', () => {
    expect(targetsAt(data, path)).toEqual([{ upc: 1 }, { upc: 2 }]);
    expect(targetPathsAt(data, path)).toEqual([['users', 0, 'reviews', 0, 'product'], ['users', 2, 'reviews', 0, 'product']]);
    expect(commonPrefix(targetPathsAt(data, path))).toEqual(['users']);
  });
  it('does not take a prototype for data', () => {
    expect(targetsAt({}, ['constructor', 'prototype'])).toEqual([]);
  });
});

describe('representations', () => {
  const field = (name: string, selections?: readonly ReturnType<typeof Object>[]) => ({ kind: 'Field' as const, name, ...(selections ? { selections: selections as never } : {}) });
  const on = (typeCondition: string, ...selections: ReturnType<typeof field>[]) => ({ kind: 'InlineFragment' as const, typeCondition, selections });
  it.each([
    ['an entity', [on('Book', field('__typename'), field('id'))], { __typename: 'Book', id: '1', other: 2 }, '{"__typename":"Book","id":"1"}'],
    ['a condition on an interface', [on('Media', field('__typename'), field('id'))], { __typename: 'Film', id: '1' }, '{"__typename":"Film","id":"1"}'],
    ['another type', [on('Book', field('__typename'), field('id'))], { __typename: 'Film', id: '1' }, undefined],
    ['a missing field', [on('Book', field('__typename'), field('id'))], { __typename: 'Book' }, undefined],
    ['a null key', [on('Book', field('__typename'), field('id'))], { __typename: 'Book', id: null }, '{"__typename":"Book","id":null}'],
    ['a nested key', [on('Book', field('__typename'), field('by', [field('id')]))], { __typename: 'Book', by: [{ id: 1, x: 2 }, null] }, '{"__typename":"Book","by":[{"id":1},null]}'],
  ])('of %s', (_title, requires, entity, expected) => {
    expect(compileRepresentation(requires, [], TYPES)(entity as JsonObject)).toBe(expected);
  });
  it('puts an interface in the place of a type that the subgraph does not know', () => {
    const rewrites = [{ kind: 'ValueSetter' as const, path: ['... on Book', '__typename'], setValueTo: 'Media' }];
    expect(compileRepresentation([on('Book', field('__typename'), field('id'))], rewrites, TYPES)({ __typename: 'Book', id: '1' })).toBe('{"__typename":"Media","id":"1"}');
  });
});

describe('rewrites', () => {
  it('renames a key only where its type fits', () => {
    const data = { list: [{ __typename: 'Book', name__alias_0: null }, { __typename: 'Film', name__alias_0: 'x' }] };
    applyRewrites([{ kind: 'KeyRenamer', path: ['list', '... on Book', 'name__alias_0'], renameKeyTo: 'name' }], TYPES, data);
    expect(data).toEqual({ list: [{ __typename: 'Book', name: null }, { __typename: 'Film', name__alias_0: 'x' }] });
  });
});

describe('joined operations', () => {
  it('keeps shared variables once and gives each part its own representations', () => {
    const one = 'query A($representations:[_Any!]!$n:Int){_entities(representations:$representations){...on Book{a(n:$n)}}}';
    const two = 'query B($representations:[_Any!]!$n:Int){_entities(representations:$representations){...on Film{b(n:$n)}}}';
    expect(joinOperations([one, two])).toEqual({
      text: 'query A($_r0:[_Any!]!$n:Int$_r1:[_Any!]!){_e0:_entities(representations:$_r0){...on Book{a(n:$n)}}_e1:_entities(representations:$_r1){...on Film{b(n:$n)}}}',
      parts: [{ responseKey: '_e0', variable: '_r0' }, { responseKey: '_e1', variable: '_r1' }],
    });
  });
});
