// Lint for correctness, import circles and the level table of docs/architecture.md. Layout is not linted.
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import ts from 'typescript-eslint';

/** Who may import whom: down only. A room not named in its own row may not be imported. */
const LEVELS = {
  'packages/testkit': [],
  'packages/model': [],
  proto: ['model'],
  prisma: ['model'],
  'packages/service': ['model'],
  engine: ['model', 'proto', 'service'],
  router: ['model', 'service'],
  'subgraphs/*': ['model', 'proto', 'prisma', 'service'],
  launcher: ['service', 'prisma'],
  sdk: [],
  console: ['sdk'],
  bench: ['testkit', 'model', 'proto', 'service', 'engine', 'router', 'sdk', 'data-ingestion', 'data-processor'],
};
const ROOMS = ['model', 'testkit', 'proto', 'prisma', 'service', 'engine', 'router', 'launcher', 'sdk', 'bench', 'core-engine', 'data-ingestion', 'data-processor', 'trading-engine', 'auth-service', 'ai-inference', 'risk-engine', 'notification-service', 'config-service'];
const TESTS = '**/*.test.ts';

const levelRule = (allowed) => ['error', { patterns: [{ group: ROOMS.filter((room) => !allowed.includes(room)).map((room) => `@mib/${room}/*`), message: 'the level table forbids this import (docs/architecture.md)' }] }];

export default ts.config(
  // engine/core is AssemblyScript: decorators before functions do not parse here, and == is its equality. Its own tsconfig.json
  // says what is unused (`npm run lint`).
  { ignores: ['**/dist/**', '**/generated/**', 'node_modules/**', '.mib/**', 'engine/core/**'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/extensions': ['.ts', '.js', '.mjs'] },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-namespace': ['error', { allowDeclarations: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['**/*.mjs', '*.js'], languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', URLSearchParams: 'readonly', Buffer: 'readonly', globalThis: 'readonly', WebAssembly: 'readonly' } } },
  ...Object.entries(LEVELS).map(([room, allowed]) => ({ files: [`${room}/src/**/*.{ts,tsx}`], ignores: [TESTS], rules: { 'no-restricted-imports': levelRule(allowed) } })),
  ...Object.entries(LEVELS).map(([room, allowed]) => ({ files: [`${room}/src/${TESTS}`], rules: { 'no-restricted-imports': levelRule([...allowed, 'testkit']) } })),
  {
    files: ['subgraphs/*/src/**/*.ts'],
    ignores: ['subgraphs/*/src/store/**', 'subgraphs/*/src/subgraph.ts', TESTS],
    rules: { 'no-restricted-syntax': ['error', { selector: "ImportDeclaration[importKind!='type'][source.value=/^@mib.prisma/]", message: 'the database is reached from store/ only' }] },
  },
);
