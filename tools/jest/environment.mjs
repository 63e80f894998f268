// Suites run in the worker's own realm instead of a VM context of their own: a VM's globals sit behind a proxy, which
// slows every `Math` and `BigInt` of a hot loop, and each context links all modules anew. What a suite may change on
// the process (variables of the environment, working directory) is put back here.
import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** jest-circus keeps its listeners under this name, and would call those of the suites before. */
const CIRCUS_HANDLERS = Symbol.for('EVENT_HANDLERS');
const STACK_FRAMES = 20;
const DEFAULT_CONDITIONS = ['node', 'node-addons'];

export default class RealmEnvironment {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    this.conditions = projectConfig.testEnvironmentOptions.customExportConditions ?? DEFAULT_CONDITIONS;
    this.variablesBefore = { ...process.env };
    this.directoryBefore = process.cwd();
    this.exitBefore = process.exit;
    this.consoleBefore = globalThis.console;
  }

  async setup() {
    // `expect` makes an error, and so a stack, for every matcher that is called; jest's own bound is 100 frames.
    Error.stackTraceLimit = STACK_FRAMES;
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    delete globalThis[CIRCUS_HANDLERS];
    for (const name of Object.keys(process.env)) if (!(name in this.variablesBefore)) delete process.env[name];
    Object.assign(process.env, this.variablesBefore);
    process.chdir(this.directoryBefore);
    process.exit = this.exitBefore;
    globalThis.console = this.consoleBefore;
  }

  exportConditions() {
    return this.conditions;
  }

  /** Jest takes null for "torn down"; runtime.mjs compiles in this realm whatever stands here. */
  getVmContext() {
    return globalThis;
  }
}
