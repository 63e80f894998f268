// Hive Gateway's configuration: subgraph subscriptions over graphql-transport-ws, as ours has them; all else as it comes.

export const gatewayConfig = {
  transportEntries: { '*.http': { options: { subscriptions: { kind: 'ws' } } } },
};
