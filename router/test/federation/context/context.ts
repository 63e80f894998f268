// @context and @fromContext: an argument that is filled from an ancestor in the response, whatever the client asked of it.

import { federation, type Idea } from '../idea.ts';

const ORDERS = [{ id: 'o1', cents: 100, item: { id: 'i1' } }, { id: 'o2', cents: 200, item: { id: 'i2' } }];
const USERS = [
  { __typename: 'Person', id: 'u1', settings: { locale: 'de' }, currency: 'EUR', orders: ORDERS },
  { __typename: 'Company', id: 'u2', settings: { locale: 'en' }, currency: 'USD', orders: [ORDERS[0]] },
  { __typename: 'Person', id: 'u3', settings: { locale: 'de' }, currency: null, orders: [ORDERS[1]] },
];

export const idea: Idea = {
  subgraphs: {
    shop: {
      sdl: `${federation('key', 'context', 'fromContext')}
        type Query { buyers: [Buyer!]! }
        interface Buyer @context(name: "buyer") { id: ID! settings: Settings! currency: String orders: [Order!]! }
        type Person implements Buyer @key(fields: "id") { id: ID! settings: Settings! currency: String orders: [Order!]! }
        type Company implements Buyer @key(fields: "id") { id: ID! settings: Settings! currency: String orders: [Order!]! }
        type Settings { locale: String! }
        type Order @key(fields: "id") { id: ID! total(currency: String @fromContext(field: "$buyer { currency }")): String! item: Item! }
        type Item @key(fields: "id") { id: ID! label(locale: String @fromContext(field: "$buyer { settings { locale } }"), upper: Boolean = false): String! }`,
      resolvers: {
        Query: { buyers: () => USERS },
        Order: { __resolveReference: ({ id }: { id: string }) => ORDERS.find((order) => order.id === id), total: ({ cents }: { cents: number }, { currency }: { currency?: string }) => `${cents} ${currency ?? 'none'}` },
        Item: { __resolveReference: (item: unknown) => item, label: ({ id }: { id: string }, { locale, upper }: { locale: string; upper: boolean }) => (upper ? `${id} ${locale}`.toUpperCase() : `${id} ${locale}`) },
      },
    },
    notes: {
      sdl: `${federation('key')} type Order @key(fields: "id") { id: ID! note: String! gift: Item! } type Item @key(fields: "id", resolvable: false) { id: ID! } type Query { none: Int }`,
      resolvers: { Order: { __resolveReference: (order: unknown) => order, note: ({ id }: { id: string }) => `note ${id}`, gift: ({ id }: { id: string }) => ({ id: `g${id}` }) } },
    },
  },
  cases: [
    {
      title: 'takes the value of each ancestor, nulls too, in one call',
      query: '{ buyers { id orders { total } } }',
      data: { buyers: [{ id: 'u1', orders: [{ total: '100 EUR' }, { total: '200 EUR' }] }, { id: 'u2', orders: [{ total: '100 USD' }] }, { id: 'u3', orders: [{ total: '200 none' }] }] },
      calls: { shop: 2 },
    },
    {
      title: "reaches further up, beside the client's own arguments and other joins",
      query: 'query($upper: Boolean!) { buyers { orders { note item { label(upper: $upper) } } } }',
      variables: { upper: true },
      data: { buyers: [{ orders: [{ note: 'note o1', item: { label: 'I1 DE' } }, { note: 'note o2', item: { label: 'I2 DE' } }] }, { orders: [{ note: 'note o1', item: { label: 'I1 EN' } }] }, { orders: [{ note: 'note o2', item: { label: 'I2 DE' } }] }] },
      calls: { shop: 2, notes: 1 },
    },
    {
      title: 'keeps one entity under several ancestors apart, also what was fetched for it',
      query: '{ buyers { orders { gift { label } } } }',
      data: { buyers: [{ orders: [{ gift: { label: 'go1 de' } }, { gift: { label: 'go2 de' } }] }, { orders: [{ gift: { label: 'go1 en' } }] }, { orders: [{ gift: { label: 'go2 de' } }] }] },
      calls: { shop: 2, notes: 1 },
    },
    {
      title: 'is not led astray by what the client calls its fields',
      query: '{ buyers { ... on Company { currency: id orders { total } } } }',
      data: { buyers: [{}, { currency: 'u2', orders: [{ total: '100 USD' }] }, {}] },
      calls: { shop: 2 },
    },
  ],
};
