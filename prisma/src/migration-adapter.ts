// The database as Prisma's schema engine needs it. The stock adapter splits scripts at every ';' (which breaks functions),
// does not know catalogue types such as "char", and takes its session lock on whichever pooled connection comes first.
// So: one connection, whole scripts as one simple query, catalogue types read as text, own shadow databases.

import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { ColumnTypeEnum, type SqlDriverAdapter, type SqlMigrationAwareDriverAdapterFactory, type SqlQuery, type SqlResultSet } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const TEXT_OID = 25;
const CHAR_OID = 18;
// int2vector, regproc, oid lists, pg_node_tree, acl, reg* and their like: only ever read as text by the engine.
const CATALOGUE_OIDS: ReadonlySet<number> = new Set([CHAR_OID, 22, 24, 27, 28, 29, 30, 194, 1033, 2202, 2203, 2204, 2205, 2206, 4089, 4096]);

interface Fields {
  fields: { dataTypeID: number }[];
}

/** Private parts of the stock adapter that are bent here. */
interface StockAdapter extends SqlDriverAdapter {
  performIO(query: SqlQuery): Promise<Fields>;
  onError(error: unknown): never;
}

export class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory, AsyncDisposable {
  readonly provider = 'postgres';
  readonly adapterName = '@prisma/adapter-pg';
  readonly #url: string;
  readonly #pools: pg.Pool[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  async connect(): Promise<SqlDriverAdapter> {
    const pool = new pg.Pool({ connectionString: this.#url, max: 1 });
    pool.on('error', () => undefined); // a lost connection shows at the next query
    this.#pools.push(pool);
    const stock = (await new PrismaPg(pool, { disposeExternalPool: false }).connect()) as unknown as StockAdapter;
    const queryRaw = stock.queryRaw.bind(stock);
    return Object.assign(stock, {
      queryRaw: (query: SqlQuery) => queryCatalogue(stock, queryRaw, query),
      executeScript: (script: string) => pool.query(script).then(() => undefined, (error: unknown) => stock.onError(error)),
    });
  }

  /** The engine frees its memory but leaves connections to whoever made them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#pools.splice(0).map((pool) => pool.end()));
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    const administrator = new pg.Client(withDatabase(this.#url, 'postgres'));
    await administrator.connect();
    await administrator.query(`CREATE DATABASE "${database}"`);
    const factory = new MigrationAdapterFactory(withDatabase(this.#url, database));
    return Object.assign(await factory.connect(), {
      dispose: async () => {
        await factory[Symbol.asyncDispose]();
        await administrator.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
        await administrator.end();
      },
    });
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
}

async function queryCatalogue(stock: StockAdapter, queryRaw: SqlDriverAdapter['queryRaw'], query: SqlQuery): Promise<SqlResultSet> {
  const performIO = Object.getPrototypeOf(stock).performIO.bind(stock) as StockAdapter['performIO'];
  let isChar: boolean[] = [];
  stock.performIO = async (sql) => {
    const result = await performIO(sql);
    isChar = result.fields.map((field) => field.dataTypeID === CHAR_OID);
    for (const field of result.fields) if (CATALOGUE_OIDS.has(field.dataTypeID)) field.dataTypeID = TEXT_OID;
    return result;
  };
  const result = await queryRaw(query);
  const columnTypes = result.columnTypes.map((type, i) => (isChar[i] ? ColumnTypeEnum.Character : type));
  return { ...result, columnTypes };
}
