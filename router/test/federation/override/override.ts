// @override moves a field for good; with a label it moves while the label is on.

import { federation, type Idea } from '../idea.ts';

const answers = (from: string): Record<string, unknown> => ({
  __resolveReference: ({ id }: { id: string }) => ({ id }),
  name: () => `name of ${from}`,
  price: () => `price of ${from}`,
  stock: () => `stock of ${from}`,
  size: () => `size of ${from}`,
});

export const idea: Idea = {
  settings: { overrides: { labels: ['prices-moved'] } },
  subgraphs: {
    before: {
      sdl: `${federation('key')} type Query { product: Product! } type Product @key(fields: "id") { id: ID! name: String! price: String! stock: String! size: String! }`,
      resolvers: { Query: { product: () => ({ id: '1' }) }, Product: answers('before') },
    },
    after: {
      sdl: `${federation('key', 'override')} type Product @key(fields: "id") {
        id: ID!
        name: String! @override(from: "before")
        price: String! @override(from: "before", label: "prices-moved")
        stock: String! @override(from: "before", label: "stock-moved")
        size: String! @override(from: "before", label: "percent(0)")
      }`,
      resolvers: { Product: answers('after') },
    },
  },
  cases: [
    { title: 'asks the subgraph that took the field over', query: '{ product { id name } }', data: { product: { id: '1', name: 'name of after' } }, calls: { before: 1, after: 1 } },
    { title: 'follows a label that is on', query: '{ product { price } }', data: { product: { price: 'price of after' } }, calls: { before: 1, after: 1 } },
    { title: 'does not follow a label that is off', query: '{ product { stock } }', data: { product: { stock: 'stock of before' } }, calls: { before: 1 } },
    { title: 'never draws zero per cent', query: '{ product { size } }', data: { product: { size: 'size of before' } }, calls: { before: 1 } },
    {
      title: 'decides label by label in one operation',
      query: '{ product { name price stock size } }',
      data: { product: { name: 'name of after', price: 'price of after', stock: 'stock of before', size: 'size of before' } },
      calls: { before: 1, after: 1 },
    },
  ],
};
