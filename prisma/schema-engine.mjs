#!/usr/bin/env node
// Named in PRISMA_SCHEMA_ENGINE_BINARY (../prisma.config.ts): what Prisma's CLI starts instead of its native engine.
import { serveSchemaEngine } from './dist/schema-engine-rpc.js';

await serveSchemaEngine(process.argv.slice(2));
