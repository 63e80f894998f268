import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, integerVariable, readConfig, subgraphVariables } from './config.ts';

const SECRET = 's'.repeat(32);
const GOOD = { DATABASE_URL: 'postgresql://user:pw@host/db', MIB_INTERNAL_SECRET: SECRET };

describe('readConfig', () => {
  it('fills in defaults and treats an empty variable as absent', () => {
    const config = readConfig(subgraphVariables, { ...GOOD, PORT: '' });
    expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 0, MIB_ENVIRONMENT: 'development', LOG_LEVEL: 'info' });
  });

  it.each([
    [{ PORT: 'x' }, 'PORT must be a port 0..65535, was "x"'],
    [{ PORT: '70000' }, 'PORT must be a port 0..65535, was "70000"'],
    [{ PORT: '-1' }, 'PORT must be a port 0..65535, was "-1"'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be a pino level, was "loud"'],
    [{ MIB_ENVIRONMENT: 'prod' }, 'MIB_ENVIRONMENT must be development or production, was "prod"'],
    [{ DATABASE_URL: undefined }, 'DATABASE_URL is required'],
    [{ DATABASE_URL: 'mysql://root:hunter2@host/db' }, 'DATABASE_URL must be a postgresql:// URL, was "mysql://***@host/db"'],
    [{ MIB_INTERNAL_SECRET: 'short' }, 'MIB_INTERNAL_SECRET must have at least 32 characters, was 5 hidden characters'],
  ])('refuses %j', (change, message) => {
    expect(() => readConfig(subgraphVariables, { ...GOOD, ...change })).toThrow(new ConfigError(message));
  });

  it('names every variable that does not fit', () => {
    expect(() => readConfig(z.object({ A: integerVariable(1, 9), B: integerVariable(1, 9) }), { A: '0', B: '4.5' })).toThrow(
      'A must be a whole number 1..9, was "0"; B must be a whole number 1..9, was "4.5"',
    );
  });
});
