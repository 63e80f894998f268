// @interfaceObject: a subgraph adds fields to every type of an interface and knows none of the types.

import { federation, type Idea } from '../idea.ts';

const ACCOUNTS = [{ __typename: 'Admin', id: 'a1', name: 'Ada', rights: 3 }, { __typename: 'Guest', id: 'g1', name: 'Bob' }];
const byId = ({ id }: { id: string }): unknown => ACCOUNTS.find((account) => account.id === id);

export const idea: Idea = {
  subgraphs: {
    accounts: {
      sdl: `${federation('key')}
        type Query { accounts: [Account!]! }
        interface Account @key(fields: "id") { id: ID! name: String! }
        type Admin implements Account @key(fields: "id") { id: ID! name: String! rights: Int! }
        type Guest implements Account @key(fields: "id") { id: ID! name: String! }`,
      resolvers: { Query: { accounts: () => ACCOUNTS }, Account: { __resolveReference: byId }, Admin: { __resolveReference: byId }, Guest: { __resolveReference: byId } },
    },
    visits: {
      sdl: `${federation('key', 'interfaceObject', 'external', 'requires')}
        type Query { lastSeen: [Account!]! none: Account }
        type Account @key(fields: "id") @interfaceObject { id: ID! name: String! @external visits: Int! since(day: Int!): String! rank: Int! greeting: String! @requires(fields: "name") }`,
      resolvers: {
        Query: { lastSeen: () => [{ id: 'g1' }, { id: 'a1' }], none: () => null },
        Account: { __resolveReference: (account: unknown) => account, visits: ({ id }: { id: string }) => (id === 'a1' ? 10 : 1), since: ({ id }: { id: string }, { day }: { day: number }) => `${id} ${day}`, rank: ({ id }: { id: string }) => (id === 'a1' ? 1 : null), greeting: ({ name }: { name?: string }) => `Hello ${name!}` },
      },
    },
  },
  cases: [
    { title: 'adds a field to every type', query: '{ accounts { __typename name visits } }', data: { accounts: [{ __typename: 'Admin', name: 'Ada', visits: 10 }, { __typename: 'Guest', name: 'Bob', visits: 1 }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'needs no type for its own fields', query: '{ lastSeen { id visits } }', data: { lastSeen: [{ id: 'g1', visits: 1 }, { id: 'a1', visits: 10 }] }, calls: { visits: 1 } },
    { title: 'asks for the type when the client does', query: '{ lastSeen { __typename visits } }', data: { lastSeen: [{ __typename: 'Guest', visits: 1 }, { __typename: 'Admin', visits: 10 }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'asks for the type when a condition does', query: '{ lastSeen { ... on Admin { rights } } }', data: { lastSeen: [{}, { rights: 3 }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'comes back for its field below a condition', query: '{ lastSeen { ... on Admin { visits } } }', data: { lastSeen: [{}, { visits: 10 }] }, calls: { accounts: 1, visits: 2 } },
    { title: 'requires a field of the interface', query: '{ lastSeen { greeting } }', data: { lastSeen: [{ greeting: 'Hello Bob' }, { greeting: 'Hello Ada' }] }, calls: { accounts: 1, visits: 2 } },
    { title: 'keeps the type that it knows', query: '{ accounts { visits ... on Admin { __typename rights } ... on Guest { __typename visits } } }', data: { accounts: [{ visits: 10, __typename: 'Admin', rights: 3 }, { visits: 1, __typename: 'Guest' }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'keeps fields of two types apart that bear one name', query: '{ accounts { ... on Admin { since(day: 1) } ... on Guest { since(day: 2) } } }', data: { accounts: [{ since: 'a1 1' }, { since: 'g1 2' }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'requires of one type what was asked of it, not of all', query: '{ accounts { visits ... on Admin { greeting } } }', data: { accounts: [{ visits: 10, greeting: 'Hello Ada' }, { visits: 1 }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'asks no type for the fields of another', query: '{ accounts { visits ... on Admin { rank } } }', data: { accounts: [{ visits: 10, rank: 1 }, { visits: 1 }] }, calls: { accounts: 1, visits: 1 } },
    { title: 'joins nothing to a null', query: '{ none { __typename name } }', data: { none: null }, calls: { visits: 1 } },
  ],
};
