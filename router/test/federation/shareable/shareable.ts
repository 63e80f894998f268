// @shareable: a field that several subgraphs have is asked where the plan already is; a shared root joins without a key.

import { federation, type Idea } from '../idea.ts';

export const idea: Idea = {
  subgraphs: {
    names: {
      sdl: `${federation('shareable', 'key')} type Query { home: Home! @shareable city: City! } type Home @shareable { address: Address! } type Address { street: String! @shareable zip: String! @shareable } type City @key(fields: "id") { id: ID! name: String! @shareable }`,
      resolvers: { Query: { home: () => ({ address: { street: 'Elm', zip: '1' } }), city: () => ({ id: 'c', name: 'Ulm' }) }, City: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Ulm' }) } },
    },
    prices: {
      sdl: `${federation('shareable', 'key')} type Query { home: Home! @shareable } type Home @shareable { address: Address! price: Int! } type Address { zip: String! @shareable tax: Int! } type City @key(fields: "id") { id: ID! name: String! @shareable size: Int! }`,
      resolvers: { Query: { home: () => ({ address: { zip: '1', tax: 7 }, price: 9 }) }, City: { __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Ulm', size: 3 }) } },
    },
  },
  cases: [
    { title: 'takes all from one subgraph where one has all', query: '{ home { price address { zip tax } } }', data: { home: { price: 9, address: { zip: '1', tax: 7 } } }, calls: { prices: 1 } },
    { title: 'joins a shared root of two subgraphs without a key', query: '{ home { price address { street zip tax } } }', data: { home: { price: 9, address: { street: 'Elm', zip: '1', tax: 7 } } }, calls: { names: 1, prices: 1 } },
    { title: 'does not fetch again what an entity already has', query: '{ city { name } }', data: { city: { name: 'Ulm' } }, calls: { names: 1 } },
    { title: 'joins an entity for the rest', query: '{ city { name size } }', data: { city: { name: 'Ulm', size: 3 } }, calls: { names: 1, prices: 1 } },
  ],
};
