// Serves the examples and hands /graphql, its WebSocket included, on to a running router: one origin, as in production.
export default {
  server: { proxy: { '/graphql': { target: process.env.MIB_ROUTER ?? 'http://127.0.0.1:4000', ws: true } } },
};
