import { describe, expect, it } from '@jest/globals';
import { readRouterConfig } from './config.ts';

describe('configuration', () => {
  it('needs nothing', () => {
    expect(readRouterConfig({}, [])).toMatchObject({ host: '127.0.0.1', port: 4000, subgraphUrls: {}, authentication: undefined, internalSecret: undefined, http: { cors: { origins: [] }, maxBatchOperations: 0 } });
  });

  it('tells its schema in development only', () => {
    expect([readRouterConfig({}, []), readRouterConfig({ MIB_ENVIRONMENT: 'production' }, [])].map(({ limits }) => limits.introspection)).toEqual([true, false]);
  });

  it('lets the command line go before the environment', () => {
    expect(readRouterConfig({ PORT: '1', SUPERGRAPH: 'a' }, ['--port', '2', '--supergraph', 'b'])).toMatchObject({ port: 2, supergraphFile: 'b' });
  });

  it.each<readonly [string, readonly string[], NodeJS.ProcessEnv, string]>([
    ['an unknown option', ['--what', 'x'], {}, 'usage: '],
    ['an option without its value', ['--port'], {}, 'usage: '],
    ['a port that is none', [], { PORT: 'x' }, 'PORT must be a port 0..65535, was "x"'],
    ['a secret that is too short', [], { MIB_INTERNAL_SECRET: 'short' }, 'MIB_INTERNAL_SECRET must have at least 32 characters, was 5 hidden characters'],
    ['an auth service without a secret', [], { AUTH_URL: 'http://x' }, 'MIB_INTERNAL_SECRET is required with AUTH_URL'],
    ['an auth service that is no URL', [], { AUTH_URL: 'x' }, 'AUTH_URL must be a URL, was "x"'],
    ['URLs that are no JSON', [], { SUBGRAPH_URLS: '{' }, 'SUBGRAPH_URLS must be JSON'],
    ['URLs that are none', [], { SUBGRAPH_URLS: '{"a":"b"}' }, 'SUBGRAPH_URLS must be JSON'],
    ['an origin that is none', [], { CORS_ORIGINS: 'https://app.example/path' }, 'CORS_ORIGINS must list origins such as https://app.example, was "https://app.example/path"'],
    ['a timeout of nothing', [], { SUBGRAPH_TIMEOUT_MS: '0' }, 'SUBGRAPH_TIMEOUT_MS must be a whole number 1..600000, was "0"'],
  ])('refuses %s', (_title, args, env, message) => {
    expect(() => readRouterConfig(env, args)).toThrow(message);
  });
});
