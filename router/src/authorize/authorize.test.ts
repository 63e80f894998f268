import { describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
import { composeServices } from '@apollo/composition';
import type { Viewer } from '@mib/service/viewer';
import { OperationParser } from '../parse/operation.ts';
import { loadSupergraph } from '../plan/load-supergraph.ts';
import { Authorizer } from './authorize.ts';
import { Requirements } from './requirements.ts';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes", "@policy"])
  type Query { open: String me: User @authenticated ledger: String! @requiresScopes(scopes: [["a"], ["b", "c"]]) vault: Vault doc: Doc docs: [Doc!]! found: [Found!] grade: Grade when: Stamp closed: String @policy(policies: [["p"]]) pair: Pair }
  type User @key(fields: "id") { id: ID! email: String @requiresScopes(scopes: [["email"]]) friends: [User!] }
  type Vault @authenticated { gold: Int }
  interface Doc { title: String }
  type Memo implements Doc { title: String text: String }
  type Secret implements Doc @requiresScopes(scopes: [["secret"]]) { title: String text: String }
  union Found = Memo | Secret
  enum Grade @requiresScopes(scopes: [["grade"]]) { A B }
  scalar Stamp @authenticated
  type Pair { left: String right: String @requiresScopes(scopes: [["right"]]) both: Pair }
`;
const { supergraphSdl, errors } = composeServices([{ name: 's', url: 'http://s', typeDefs: parse(SDL) }]);
if (supergraphSdl === undefined) throw new Error(errors?.join('\n'));
const supergraph = loadSupergraph(supergraphSdl);
const parser = new OperationParser(supergraph.apiSchema);
const authorizer = new Authorizer(supergraph.apiSchema, new Requirements(supergraph.document));

const nobody: Viewer = { kind: 'anonymous' };
const user = (...scopes: string[]): Viewer => ({ kind: 'user', userId: 'u', roles: [], scopes });

describe('authorization', () => {
  it.each<readonly [string, string, Viewer, string | undefined, readonly string[]]>([
    ['a public field', '{ open }', nobody, '{ open }', []],
    ['@authenticated, nobody', '{ open me { id } }', nobody, '{ open }', ['me']],
    ['@authenticated, a user', '{ open me { id } }', user(), '{ open me { id } }', []],
    ['nothing left', '{ me { id } }', nobody, undefined, ['me']],
    ['scopes, none', '{ ledger }', user(), undefined, ['ledger']],
    ['scopes, first choice', '{ ledger }', user('a'), '{ ledger }', []],
    ['scopes, half of the second', '{ ledger }', user('b'), undefined, ['ledger']],
    ['scopes, all of the second', '{ ledger }', user('b', 'c'), '{ ledger }', []],
    ['a field below', '{ me { id email } }', user(), '{ me { id } }', ['me.email']],
    ['the only field below', '{ me { email } }', user(), '{ me { __typename } }', ['me.email']],
    ['an alias', '{ me { x: email } }', user(), '{ me { __typename } }', ['me.x']],
    ['below a list', '{ me { friends { id email } } }', user(), '{ me { friends { id } } }', ['me.friends.@.email']],
    ['a type', '{ vault { gold } }', nobody, undefined, ['vault']],
    ['an enum', '{ open grade }', user(), '{ open }', ['grade']],
    ['a scalar', '{ open when }', nobody, '{ open }', ['when']],
    ['an interface with a closed member: composition closes it', '{ doc { title } }', user(), undefined, ['doc']],
    ['an interface, allowed', '{ doc { title } }', user('secret'), '{ doc { title } }', []],
    ['the open member of such an interface', '{ doc { ... on Memo { title } } }', user(), undefined, ['doc']],
    ['the closed member of a union', '{ found { ... on Memo { text } ... on Secret { text } } }', nobody, '{ found { ... on Memo { text } } }', ['found.@.text']],
    ['a named fragment', '{ me { ...F } } fragment F on User { id email }', user(), '{ me { ... on User { id } } }', ['me.email']],
    ['@policy is closed', '{ open closed }', user('a', 'b', 'c'), '{ open }', ['closed']],
    ['deep', '{ pair { both { both { left right } } } }', nobody, '{ pair { both { both { left } } } }', ['pair.both.both.right']],
  ])('%s', async (_title, query, viewer, left, refused) => {
    const permitted = authorizer.authorize(await parser.parse(query, undefined), { viewer, policies: [] }, {});
    expect(permitted.isEmpty ? undefined : print(permitted.document)).toBe(left === undefined ? undefined : print(parse(left)));
    expect(permitted.errors.map(({ path, extensions }) => [path?.join('.'), extensions.code])).toEqual(refused.map((path) => [path, 'UNAUTHORIZED_FIELD_OR_TYPE']));
  });
});
