// All tests, as CI runs them: suites that fail are run once more, one by one, because two cores under everything at once
// can starve a process past any deadline. A suite that passes only then is named loudly; one that fails twice has failed.
// The last line is the count.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const RESULTS = '.mib-ci-results.json';

const first = run([]);
const failed = first.testResults.filter((suite) => suite.status === 'failed').map((suite) => suite.name);
let failures = first.numFailedTests + first.numRuntimeErrorTestSuites;
if (failed.length > 0) {
  console.log(`\n*** ${failed.length} suites failed, once more one by one:\n${failed.join('\n')}\n`);
  const again = run(['--runInBand', '--runTestsByPath', ...failed]);
  failures = again.numFailedTests + again.numRuntimeErrorTestSuites;
  for (const suite of again.testResults) if (suite.status === 'passed') console.log(`*** UNSTEADY: ${suite.name} failed beside the others and passed alone`);
}
console.log(`${first.numTotalTests - first.numPendingTests - failures} passed, ${failures} failed, ${first.numPendingTests} skipped`);
process.exit(failures === 0 ? 0 : 1);

function run(args) {
  spawnSync('npm', ['run', 'jest', '--', ...args, '--json', `--outputFile=${RESULTS}`], { stdio: ['ignore', 'inherit', 'inherit'] });
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}
