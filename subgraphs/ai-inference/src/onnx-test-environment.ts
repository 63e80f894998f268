// jest runs every test file in a realm of its own, with typed arrays of its own, while onnxruntime's native side makes
// those of the process: an output would not be `instanceof Float64Array`. Tests that run a model name this environment in
// their first comment; it lends the process's array to the realm. Such a file does without `using`: TypeScript would put its helper
// before that comment. Nothing else imports this.

import { TestEnvironment } from 'jest-environment-node';

export default class OnnxTestEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    this.global['Float64Array'] = Float64Array;
  }
}
