// @requires: plain, nested, chained, and with arguments that differ from those of the client or of another @requires.

import { federation, type Idea } from '../idea.ts';

const PRODUCTS = [
  { upc: 'p1', name: 'Table', usd: 10, weight: 3, maker: { country: 'DE' }, box: { __typename: 'Crate', nails: 8 } },
  { upc: 'p2', name: 'Couch', usd: 20, weight: 5, maker: { country: 'FR' }, box: { __typename: 'Bag', zip: 2 } },
];
const RATES: Readonly<Record<string, number>> = { USD: 1, EUR: 2 };

interface Shipped {
  readonly price?: number;
  readonly weight?: number;
  readonly maker?: { readonly country: string };
  readonly fee?: number;
  readonly premium?: number;
  readonly box?: { readonly __typename?: string; readonly nails?: number; readonly zip?: number };
}

/** A missing value is a fault of the router, not a null. */
function given<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`${name} was required and did not come`);
  return value;
}

export const idea: Idea = {
  subgraphs: {
    products: {
      sdl: `${federation('key')}
        type Query { products: [Product!]! product(upc: ID!): Product }
        type Product @key(fields: "upc") { upc: ID! name: String! price(currency: String! = "USD"): Int! weight: Int! maker: Maker! box: Box! }
        type Maker { country: String! }
        union Box = Crate | Bag
        type Crate { nails: Int! }
        type Bag { zip: Int! }`,
      resolvers: {
        Query: { products: () => PRODUCTS, product: (_: unknown, { upc }: { upc: string }) => PRODUCTS.find((product) => product.upc === upc) },
        Product: {
          __resolveReference: ({ upc }: { upc: string }) => PRODUCTS.find((product) => product.upc === upc),
          price: ({ usd }: { usd: number }, { currency }: { currency: string }) => usd * RATES[currency]!,
        },
      },
    },
    shipping: {
      sdl: `${federation('key', 'requires', 'external')}
        type Product @key(fields: "upc") {
          upc: ID!
          price(currency: String! = "USD"): Int! @external
          weight: Int! @external
          maker: Maker! @external
          fee: Int! @requires(fields: "price(currency: \\"USD\\") weight")
          feeInEuro: Int! @requires(fields: "price(currency: \\"EUR\\")")
          byDefault: Int! @requires(fields: "price")
          abroad: Boolean! @requires(fields: "maker { country }")
          premium: Int! @external
          total: Int! @requires(fields: "premium")
          box: Box! @external
          packing: String! @requires(fields: "box { ... on Crate { nails } ... on Bag { zip } }")
        }
        type Maker @external { country: String! }
        union Box = Crate | Bag
        type Crate @external { nails: Int! }
        type Bag @external { zip: Int! }`,
      resolvers: {
        Product: {
          __resolveReference: (product: unknown) => product,
          fee: ({ price, weight }: Shipped) => given(price, 'price') * given(weight, 'weight'),
          feeInEuro: ({ price }: Shipped) => given(price, 'price') + 1,
          byDefault: ({ price }: Shipped) => given(price, 'price') + 2,
          total: ({ premium }: Shipped) => given(premium, 'premium') + 1,
          packing: ({ box }: Shipped) => `${given(box?.__typename, '__typename')} ${given(box?.nails ?? box?.zip, 'nails or zip')}`,
          abroad: ({ maker }: Shipped) => given(maker, 'maker').country !== 'DE',
        },
      },
    },
    insurance: {
      sdl: `${federation('key', 'requires', 'external')}
        type Product @key(fields: "upc") { upc: ID! fee: Int! @external premium: Int! @requires(fields: "fee") }`,
      resolvers: { Product: { __resolveReference: (product: unknown) => product, premium: ({ fee }: Shipped) => given(fee, 'fee') / 10 } },
    },
  },
  cases: [
    { title: 'fetches what a field requires first', query: '{ products { fee } }', data: { products: [{ fee: 30 }, { fee: 100 }] }, calls: { products: 1, shipping: 1 } },
    { title: 'fetches nested requirements', query: '{ products { abroad } }', data: { products: [{ abroad: false }, { abroad: true }] }, calls: { products: 1, shipping: 1 } },
    { title: 'follows a chain of requirements', query: '{ products { premium } }', data: { products: [{ premium: 3 }, { premium: 10 }] }, calls: { products: 1, shipping: 1, insurance: 1 } },
    { title: 'follows a chain of requirements that comes back to a subgraph', query: '{ products { total } }', data: { products: [{ total: 4 }, { total: 11 }] }, calls: { products: 2, shipping: 2, insurance: 1 } },
    { title: 'tells the type of a required value with fragments', query: '{ products { packing } }', data: { products: [{ packing: 'Crate 8' }, { packing: 'Bag 2' }] }, calls: { products: 1, shipping: 1 } },
    {
      title: "keeps the client's arguments apart from the required ones",
      query: '{ products { price(currency: "EUR") fee } }',
      data: { products: [{ price: 20, fee: 30 }, { price: 40, fee: 100 }] },
      calls: { products: 1, shipping: 1 },
    },
    {
      title: "keeps the client's arguments apart from a requirement without any",
      query: 'query($currency: String!) { products { price(currency: $currency) byDefault } }',
      variables: { currency: 'EUR' },
      data: { products: [{ price: 20, byDefault: 12 }, { price: 40, byDefault: 22 }] },
      calls: { products: 1, shipping: 1 },
    },
    {
      title: 'keeps two requirements with different arguments apart, in one call',
      query: '{ products { fee feeInEuro byDefault abroad } }',
      data: { products: [{ fee: 30, feeInEuro: 21, byDefault: 12, abroad: false }, { fee: 100, feeInEuro: 41, byDefault: 22, abroad: true }] },
      calls: { products: 1, shipping: 1 },
    },
    {
      title: 'takes aliases of the same field with all arguments',
      query: '{ product(upc: "p1") { dollars: price(currency: "USD") euros: price(currency: "EUR") price fee feeInEuro } }',
      data: { product: { dollars: 10, euros: 20, price: 10, fee: 30, feeInEuro: 21 } },
      calls: { products: 1, shipping: 1 },
    },
  ],
};
