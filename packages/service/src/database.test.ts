import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { createPool, inTransaction } from './database.ts';

const CUT_OTHERS = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'victim'";

describe('database', () => {
  it('commits what resolves and rolls back what throws', async () => {
    await using database = await testDatabase();
    const pool = createPool(database.url, { max: 2, applicationName: 'test' });
    await pool.query('create table t (n int)');
    await inTransaction(pool, (client) => client.query('insert into t values (1)'));
    const failing = inTransaction(pool, async (client) => {
      await client.query('insert into t values (2)');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect((await pool.query('select n from t')).rows).toEqual([{ n: 1 }]);
    await pool.end();
  });

  it('survives the loss of idle and of lent connections', async () => {
    await using database = await testDatabase();
    const killer = createPool(database.url, { max: 1, applicationName: 'killer' });
    const pool = createPool(database.url, { max: 2, applicationName: 'victim' });
    const cut = inTransaction(pool, async (client) => {
      await pool.query('select 1'); // leaves an idle one behind
      const lost = Promise.all([new Promise((resolve) => client.once('end', resolve)), new Promise((resolve) => pool.once('error', resolve))]);
      await killer.query(CUT_OTHERS);
      await lost;
      await client.query('select 1');
    });
    await expect(cut).rejects.toThrow();
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await Promise.all([pool.end(), killer.end()]);
  });
});
