// Loads suites with Node's own `import`, so that the suites of one worker share the modules they use: linking graphql,
// gRPC and Prisma anew for each of three hundred suites took longer than running them. Jest's own modules (circus, expect)
// are still loaded by jest, anew for each suite.
import { existsSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import JestRuntime from 'jest-runtime';

const CURRENT = Symbol.for('mib.jest-globals');
const CONDITION_PARAMETER = 'condition';

register('./resolve.mjs', import.meta.url);
let suiteCount = 0;

export default class RealmRuntime extends JestRuntime {
  constructor(config, environment, ...rest) {
    super(config, environment, ...rest);
    this.executor.compile = (source, filename) => compileFunction(source, this.executor.injectedModuleParameters, { filename });
    this.suite = String(++suiteCount);
  }

  async unstable_importModule(file) {
    const url = pathToFileURL(file);
    url.searchParams.set('suite', this.suite);
    for (const condition of this._environment.exportConditions()) if (!condition.startsWith('node')) url.searchParams.append(CONDITION_PARAMETER, condition);
    globalThis[CURRENT] = this.jestGlobals.cjsGlobals(file);
    await import(url.href);
  }

  /** tsc writes a map beside every file. */
  getSourceMaps() {
    return new MapsBeside();
  }
}

class MapsBeside extends Map {
  get(file) {
    const path = file.startsWith('file:') ? fileURLToPath(file) : file;
    return path.startsWith('/') && existsSync(`${path}.map`) ? `${path}.map` : undefined;
  }
}
