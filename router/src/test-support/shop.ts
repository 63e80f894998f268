// The classic small supergraph: users, products, reviews. Data is fixed; live reviews are pushed by the test.

import { startSubgraph, type TestSubgraph } from './subgraph.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires", "@external", "@shareable", "@provides", "@authenticated", "@requiresScopes"])';

const USERS = [
  { id: '1', name: 'Ada', email: 'ada@x' },
  { id: '2', name: 'Alan', email: 'alan@x' },
];
const PRODUCTS = [
  { upc: 'p1', name: 'Table', price: 899, weight: 100 },
  { upc: 'p2', name: 'Couch', price: 1299, weight: 1000 },
  { upc: 'p3', name: 'Chair', price: 54, weight: 50 },
];
const REVIEWS = [
  { id: 'r1', authorId: '1', upc: 'p1', body: 'Love it' },
  { id: 'r2', authorId: '1', upc: 'p2', body: 'Too "expensive"' },
  { id: 'r3', authorId: '2', upc: 'p3', body: 'Böse \u2028 Überraschung' },
  { id: 'r4', authorId: '2', upc: 'p1', body: 'Prefer something else' },
];

export interface Shop extends AsyncDisposable {
  readonly users: TestSubgraph;
  readonly products: TestSubgraph;
  readonly reviews: TestSubgraph;
  readonly all: readonly TestSubgraph[];
}

/** @param reviewAdded - the source of the subscription `reviewAdded`. */
export async function startShop(reviewAdded: (args: { after?: string | null; upc?: string | null }, context: { viewer?: string }) => AsyncIterable<unknown> = () => nothing()): Promise<Shop> {
  const users = await startSubgraph({
    name: 'users',
    sdl: `${LINK}
      type Query { me: User users: [User!]! secret: String @authenticated ledger: String! @requiresScopes(scopes: [["ledger:read"], ["admin", "ledger:any"]]) }
      type User @key(fields: "id") { id: ID! name: String! email: String @authenticated salary: Int @requiresScopes(scopes: [["payroll:read"]]) }`,
    resolvers: {
      Query: { me: () => USERS[0], users: () => USERS, secret: () => 'shh', ledger: () => 'book' },
      User: { __resolveReference: ({ id }: { id: string }) => USERS.find((user) => user.id === id), salary: () => 1 },
    },
  });
  const products = await startSubgraph({
    name: 'products',
    sdl: `${LINK}
      type Query { topProducts(first: Int = 2): [Product!]! product(upc: ID!): Product }
      type Mutation { setPrice(upc: ID!, price: Int!): Product! }
      type Product @key(fields: "upc") { upc: ID! name: String! price: Int! weight: Int! }`,
    resolvers: {
      Query: { topProducts: (_: unknown, { first }: { first: number }) => PRODUCTS.slice(0, first), product: (_: unknown, { upc }: { upc: string }) => PRODUCTS.find((product) => product.upc === upc) },
      Mutation: { setPrice: (_: unknown, { upc, price }: { upc: string; price: number }) => ({ ...PRODUCTS.find((product) => product.upc === upc), price }) },
      Product: { __resolveReference: ({ upc }: { upc: string }) => PRODUCTS.find((product) => product.upc === upc) },
    },
  });
  const reviews = await startSubgraph({
    name: 'reviews',
    sdl: `${LINK}
      type Subscription { reviewAdded(upc: ID, after: String): ReviewEvent! stock(upc: ID!): Stock! }
      type ReviewEvent { cursor: String! review: Review! }
      type Stock { product: Product! left: Int! }
      type Review @key(fields: "id") { id: ID! body: String! author: User product: Product! }
      type User @key(fields: "id") { id: ID! reviews: [Review!]! }
      type Product @key(fields: "upc") { upc: ID! price: Int! @external weight: Int! @external reviews: [Review!]! shippingEstimate: Int @requires(fields: "price weight") }`,
    resolvers: {
      Subscription: {
        reviewAdded: { subscribe: (_: unknown, args: { after?: string | null; upc?: string | null }, context: { viewer?: string }) => reviewAdded(args, context), resolve: (event: unknown) => event },
        stock: { subscribe: (_: unknown, args: { upc: string }, context: { viewer?: string }) => reviewAdded(args, context), resolve: (event: unknown) => event },
      },
      Review: { author: ({ authorId }: { authorId: string }) => ({ id: authorId }), product: ({ upc }: { upc: string }) => ({ upc }), __resolveReference: ({ id }: { id: string }) => REVIEWS.find((review) => review.id === id) },
      User: { reviews: ({ id }: { id: string }) => REVIEWS.filter((review) => review.authorId === id) },
      Product: {
        reviews: ({ upc }: { upc: string }) => REVIEWS.filter((review) => review.upc === upc),
        shippingEstimate: ({ price, weight }: { price: number; weight: number }) => (price > 1000 ? 0 : weight / 2),
      },
    },
  });
  const all = [users, products, reviews];
  return {
    users, products, reviews, all,
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((subgraph) => subgraph[Symbol.asyncDispose]()));
    },
  };
}

async function* nothing(): AsyncGenerator<never> {
  // A stream that ends at once.
}
