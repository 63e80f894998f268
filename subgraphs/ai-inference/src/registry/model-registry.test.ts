/** @jest-environment <rootDir>/subgraphs/ai-inference/dist/onnx-test-environment.js */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { createPool } from '@mib/service/database';
import { testDatabase, type TestDatabase } from '@mib/testkit/test-database';
import { openModelRegistry } from './model-registry.ts';

const SHIPPED = fileURLToPath(new URL('../../models', import.meta.url));
const VOLATILITY = 'volatility-log-har-1.0.0';

describe('model registry', () => {
  let db: TestDatabase;
  let pool: pg.Pool;

  beforeAll(async () => {
    db = await testDatabase();
    pool = createPool(db.url, { max: 1, applicationName: 'test' });
  });

  afterAll(async () => {
    await pool.end();
    await db[Symbol.asyncDispose]();
  });

  it('refuses to start without a kind', async () => {
    const directory = await mkdtemp(path.join(os.tmpdir(), 'mib-models-'));
    await cp(path.join(SHIPPED, VOLATILITY), path.join(directory, VOLATILITY), { recursive: true });
    await expect(openModelRegistry(pool, directory)).rejects.toMatchObject({ code: 'KIND_MISSING' });
    await rm(directory, { recursive: true });
    expect((await pool.query('select id from ai.models')).rows).toEqual([]);
  });

  it('registers a version once and refuses it with another file ever after', async () => {
    for (let start = 0; start < 2; start += 1) await (await openModelRegistry(pool, SHIPPED))[Symbol.asyncDispose]();
    expect((await pool.query('select id from ai.models order by id')).rows).toEqual([{ id: 'finance-lexicon-1.0.0' }, { id: VOLATILITY }]);
    await pool.query(`update ai.models set sha256 = repeat('0', 64) where id = $1`, [VOLATILITY]);
    await expect(openModelRegistry(pool, SHIPPED)).rejects.toMatchObject({ code: 'VERSION_CHANGED', message: expect.stringContaining('give a changed model a new version') });
  });
});
