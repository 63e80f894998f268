import { describe, expect, it } from '@jest/globals';
import { readAuthConfig } from './config.ts';

const SECRET = 'x'.repeat(32);
const ENV = { DATABASE_URL: 'postgresql://localhost/mib', MIB_INTERNAL_SECRET: SECRET };
const DEMO = { MIB_DEMO_EMAIL: 'demo@example.com', MIB_DEMO_PASSWORD: 'a demo password' };

describe('configuration of auth-service', () => {
  it('needs a database and a secret, and has a demo user only when both variables are set', () => {
    expect(readAuthConfig(ENV)).toMatchObject({ host: '127.0.0.1', port: 0, internalSecret: SECRET, demoUser: undefined });
    expect(readAuthConfig({ ...ENV, ...DEMO }).demoUser).toEqual({ email: 'demo@example.com', password: 'a demo password' });
    expect(readAuthConfig({ ...ENV, MIB_DEMO_EMAIL: 'demo@example.com' }).demoUser).toBeUndefined();
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['no secret', { DATABASE_URL: ENV.DATABASE_URL }, 'MIB_INTERNAL_SECRET is required'],
    ['an empty secret', { ...ENV, MIB_INTERNAL_SECRET: '' }, 'MIB_INTERNAL_SECRET is required'],
    ['a short secret', { ...ENV, MIB_INTERNAL_SECRET: 'short' }, 'MIB_INTERNAL_SECRET must have at least 32 characters, was 5 hidden characters'],
    ['no secret in production', { DATABASE_URL: ENV.DATABASE_URL, MIB_ENVIRONMENT: 'production' }, 'MIB_INTERNAL_SECRET is required'],
    ['a demo user in production', { ...ENV, ...DEMO, MIB_ENVIRONMENT: 'production' }, 'must not be set when MIB_ENVIRONMENT is production'],
    ['half a demo user in production', { ...ENV, MIB_DEMO_PASSWORD: 'x', MIB_ENVIRONMENT: 'production' }, 'must not be set when MIB_ENVIRONMENT is production'],
    ['another environment', { ...ENV, MIB_ENVIRONMENT: 'prod' }, 'MIB_ENVIRONMENT must be development or production, was "prod"'],
  ])('refuses %s', (_, env, message) => {
    expect(() => readAuthConfig(env)).toThrow(message);
  });
});
