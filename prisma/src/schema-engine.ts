// Prisma's schema engine, in process. The CLI wants a native binary from a CDN; the same engine also comes as WASM from
// npm and needs only an adapter to reach the database. Used to migrate, to write migrations, and by the CLI's stand-in.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
// The package exports its glue without the types of the WASM plumbing.
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';

/** A Prisma schema file: its path and text. */
export type Datamodel = readonly [path: string, text: string];

const NO_MODELS: Datamodel = ['empty.prisma', 'datasource db {\n  provider = "postgresql"\n}\n'];

interface WasmGlue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  readonly SchemaEngine: { new: (params: object, log: (line: string) => void, adapter: object) => Promise<SchemaEngine> };
}

let loaded: WasmGlue | undefined;

/** @param options.datamodels - the schema the engine compares with; none for plain deployment of migrations. */
export async function openSchemaEngine(options: { readonly adapter: SqlMigrationAwareDriverAdapterFactory; readonly datamodels?: readonly Datamodel[] }): Promise<SchemaEngine> {
  loaded ??= await loadWasm();
  const datamodels = options.datamodels?.length ? options.datamodels : [NO_MODELS];
  return loaded.SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(options.adapter));
}

async function loadWasm(): Promise<WasmGlue> {
  // The engine reports a panic here before it traps; the trap itself says nothing useful.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => process.stderr.write(`schema engine: ${message}\n`) } });
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = glue as unknown as WasmGlue;
  const { instance } = await WebAssembly.instantiate(readFileSync(script.replace(/\.js$/, '.wasm')), { './schema_engine_bg.js': idleTimers(glue) });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return module;
}

/** The engine leaves the timer of its lock timeout running; it must not keep our process alive. */
function idleTimers(imports: object): WebAssembly.ModuleImports {
  const setIdleTimeout = (work: () => void, ms: number): NodeJS.Timeout => setTimeout(work, ms).unref();
  return Object.fromEntries(Object.entries(imports).map(([name, value]) => [name, name.startsWith('__wbg_setTimeout_') ? setIdleTimeout : value])) as WebAssembly.ModuleImports;
}
