// Which processes make the platform, in the order they start, and every port and memory bound that is fixed: the only
// place where these are written. Everything without a port here takes a free one and keeps it over restarts.

export const PUBLIC_PORT = 4000;

/** Subgraphs by folder name. */
export const SUBGRAPHS = ['ai-inference', 'auth-service', 'config-service', 'core-engine', 'data-ingestion', 'data-processor', 'notification-service', 'risk-engine', 'trading-engine'] as const;
export const AUTH_SUBGRAPH = 'auth-service';

/** Built entries from the repository's root. */
export const MIGRATE_ENTRY = 'prisma/dist/migrate.js';
export const ENGINE_ENTRY = 'engine/dist/main.js';
export const HOST_ENTRY = 'launcher/dist/subgraph-host-main.js';
export const ROUTER_ENTRY = 'router/dist/main.js';

export function subgraphEntry(subgraph: string): string {
  return `subgraphs/${subgraph}/dist/main.js`;
}

/** What the shared host imports. */
export function subgraphModule(subgraph: string): string {
  return `subgraphs/${subgraph}/dist/subgraph.js`;
}

/** V8 bounds in MiB: together below the 1.5 GiB that the platform may take. With a young generation of 8 the first import spends a sixth of its time collecting. */
export const HEAP_MIB = { engine: 384, subgraphs: 512, subgraph: 256, router: 384 } as const;
export const SEMI_SPACE_MIB = 32;

/** The demo user of a development platform; its password is generated. */
export const DEMO_EMAIL = 'demo@mib.local';
