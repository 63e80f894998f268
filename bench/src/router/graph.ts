// The classic gateway benchmark graph: users, products, inventory and reviews, and the query that walks it back and forth.

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@requires", "@external", "@shareable"])';

interface BenchSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly resolvers: Record<string, unknown>;
}

const USERS = [
  { id: '1', name: 'Uri Goldshtein', username: 'urigo' },
  { id: '2', name: 'Dotan Simha', username: 'dotansimha' },
  { id: '3', name: 'Kamil Kisiela', username: 'kamilkisiela' },
  { id: '4', name: 'Arda Tanrikulu', username: 'ardatan' },
];
const PRODUCTS = ['Table', 'Couch', 'Glass', 'Chair', 'TV'].map((name, index) => ({ upc: String(index + 1), name, price: 899 + index * 150, weight: 100 + index * 450 }));
const REVIEWS = Array.from({ length: 10 }, (_, index) => ({
  id: String(index + 1),
  body: `Review number ${index + 1}: it does what it says and then a little more.`,
  authorId: USERS[index % USERS.length]!.id,
  upc: PRODUCTS[(index * 3) % PRODUCTS.length]!.upc,
}));

export const SUBGRAPHS: readonly BenchSubgraph[] = [
  {
    name: 'accounts',
    sdl: `${LINK} type Query { me: User users: [User] } type User @key(fields: "id") { id: ID! name: String username: String }`,
    resolvers: { Query: { me: () => USERS[0], users: () => USERS }, User: { __resolveReference: ({ id }: { id: string }) => USERS.find((user) => user.id === id) } },
  },
  {
    name: 'products',
    sdl: `${LINK} type Query { topProducts(first: Int = 5): [Product] } type Product @key(fields: "upc") { upc: String! name: String price: Int weight: Int }`,
    resolvers: {
      Query: { topProducts: (_: unknown, { first }: { first: number }) => PRODUCTS.slice(0, first) },
      Product: { __resolveReference: ({ upc }: { upc: string }) => PRODUCTS.find((product) => product.upc === upc) },
    },
  },
  {
    name: 'inventory',
    sdl: `${LINK} type Product @key(fields: "upc") { upc: String! weight: Int @external price: Int @external inStock: Boolean shippingEstimate: Int @requires(fields: "price weight") }`,
    resolvers: {
      Product: {
        __resolveReference: (product: unknown) => product,
        inStock: ({ upc }: { upc: string }) => Number(upc) % 2 === 1,
        shippingEstimate: ({ price, weight }: { price: number; weight: number }) => (price > 1000 ? 0 : Math.round(weight * 0.5)),
      },
    },
  },
  {
    name: 'reviews',
    sdl: `${LINK}
      type Review @key(fields: "id") { id: ID! body: String author: User product: Product }
      type User @key(fields: "id") { id: ID! reviews: [Review] }
      type Product @key(fields: "upc") { upc: String! reviews: [Review] }`,
    resolvers: {
      Review: {
        __resolveReference: ({ id }: { id: string }) => REVIEWS.find((review) => review.id === id),
        author: ({ authorId }: { authorId: string }) => ({ id: authorId }),
        product: ({ upc }: { upc: string }) => ({ upc }),
      },
      User: { reviews: ({ id }: { id: string }) => REVIEWS.filter((review) => review.authorId === id) },
      Product: { reviews: ({ upc }: { upc: string }) => REVIEWS.filter((review) => review.upc === upc) },
    },
  },
];

export const QUERY = `
  fragment User on User { id username name }
  fragment Review on Review { id body }
  fragment Product on Product { inStock name price shippingEstimate upc weight }
  query TestQuery {
    users { ...User reviews { ...Review product { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } } }
    topProducts { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } }
  }`;
