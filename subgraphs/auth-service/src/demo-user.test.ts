import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '@mib/testkit/test-database';
import { start } from './subgraph.ts';
import { LOGIN, SECRET } from './test-support/running-auth.ts';

describe('demo user', () => {
  it('is an admin, survives restarts, and follows the password of the environment', async () => {
    await using database = await testDatabase();
    const ids = new Set<string>();
    for (const password of ['first demo password', 'first demo password', 'second demo password']) {
      await using service = await start({
        DATABASE_URL: database.url, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent', MIB_DEMO_EMAIL: 'Demo@example.com', MIB_DEMO_PASSWORD: password,
      });
      const response = await fetch(service.url, {
        method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: LOGIN, variables: { input: { email: 'demo@example.com', password } } }),
      });
      const { data } = (await response.json()) as { data: { login: { user: { id: string; permissions: string[] } } } };
      expect(data.login.user.permissions).toContain('user:write');
      ids.add(data.login.user.id);
    }
    expect(ids.size).toBe(1);
  });

  it('with a bad password stops the start with one clear line', async () => {
    await using database = await testDatabase();
    const env = { DATABASE_URL: database.url, MIB_INTERNAL_SECRET: SECRET, LOG_LEVEL: 'silent', MIB_DEMO_EMAIL: 'demo@example.com', MIB_DEMO_PASSWORD: 'short' };
    await expect(start(env)).rejects.toThrow('password must have 12..128 characters, had 5');
  });
});
