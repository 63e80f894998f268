// Tests run as compiled JavaScript: the same files that ship, worker threads and child processes included.
// `npm test` builds first, so a type error fails before a test can.
import { existsSync } from 'node:fs';

const common = {
  testEnvironment: '<rootDir>/tools/jest/environment.mjs',
  runtime: '<rootDir>/tools/jest/runtime.mjs',
  transform: {},
  testPathIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/.mib/'],
};

const rooms = {
  ...common,
  displayName: 'rooms',
  testMatch: ['<rootDir>/*/dist/**/*.test.js', '<rootDir>/packages/*/dist/**/*.test.js', '<rootDir>/subgraphs/*/dist/**/*.test.js', '<rootDir>/dist/!(e2e)/**/*.test.js'],
  globalSetup: '<rootDir>/packages/testkit/dist/global-setup.js',
  globalTeardown: '<rootDir>/packages/testkit/dist/global-teardown.js',
};

const stories = {
  ...common,
  displayName: 'stories',
  testMatch: ['<rootDir>/dist/e2e/**/*.test.js'],
  globalSetup: '<rootDir>/dist/e2e/shared-platform.js',
  globalTeardown: '<rootDir>/dist/e2e/stop-shared-platform.js',
};

export default {
  testSequencer: '<rootDir>/tools/jest/slow-first.mjs',
  maxWorkers: 2,
  testTimeout: 60_000,
  workerIdleMemoryLimit: '1500MB',
  // A room under work is tested before the whole is built; then there are no stories yet.
  projects: existsSync(new URL('./dist/e2e/shared-platform.js', import.meta.url)) ? [rooms, stories] : [rooms],
};
