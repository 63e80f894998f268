// Stands for `@jest/globals`. A suite gets its own; a module that several suites share (a contract's suite, a browser's
// helper) is loaded once, so there every name forwards to the suite that runs now.
const CURRENT = Symbol.for('mib.jest-globals');
const NAMES = ['afterAll', 'afterEach', 'beforeAll', 'beforeEach', 'describe', 'expect', 'it', 'jest', 'test'];

const own = (name) => globalThis[CURRENT][name];

const forward = (name) =>
  new Proxy(() => {}, {
    apply: (_target, self, parameters) => Reflect.apply(own(name), self, parameters),
    get: (_target, key) => own(name)[key],
  });

export const [afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test] = NAMES.map(import.meta.url.includes('?suite=') ? own : forward);
