// All tests: `node tools/test.mjs [--again] [what jest takes]`. The rooms' suites run first, then the stories, because the
// platform that the stories share would take a third of a core from everything beside it. The last line is the count.
//
// With --again suites that failed are run once more, one by one: two cores under everything at once can starve a process
// past any deadline. A suite that passes only then is named loudly; one that fails twice has failed.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const RESULTS = '.mib-test-results.json';
const PROJECTS = ['rooms', 'stories'];

const isAgain = process.argv.includes('--again');
const given = process.argv.slice(2).filter((argument) => argument !== '--again');
const firsts = PROJECTS.map((project) => run([...given, '--passWithNoTests', '--selectProjects', project]));
const [total, pending] = [sum(firsts, 'numTotalTests'), sum(firsts, 'numPendingTests')];
const failed = firsts.flatMap(({ testResults }) => testResults).filter(({ status }) => status === 'failed').map(({ name }) => name);
let failures = countFailures(firsts);
if (isAgain && failed.length > 0) {
  console.log(`\n*** ${failed.length} suites failed, once more one by one:\n${failed.map(short).join('\n')}\n`);
  const again = run(['--runInBand', '--runTestsByPath', ...failed]);
  failures = countFailures([again]);
  for (const suite of again.testResults) if (suite.status === 'passed') console.log(`*** UNSTEADY: ${short(suite.name)} failed beside the others and passed alone`);
}
if (total === 0) console.log('no test matches');
console.log(`${total - pending - failures} passed, ${failures} failed, ${pending} skipped`);
process.exit(failures === 0 && total > 0 ? 0 : 1);

function run(args) {
  rmSync(RESULTS, { force: true });
  const { status } = spawnSync('npm', ['run', '--silent', 'jest', '--', ...args, '--json', `--outputFile=${RESULTS}`], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status === null) process.exit(1);
  return JSON.parse(readFileSync(RESULTS, 'utf8'));
}

function sum(results, name) {
  return results.reduce((total, result) => total + result[name], 0);
}

function countFailures(results) {
  return sum(results, 'numFailedTests') + sum(results, 'numRuntimeErrorTestSuites');
}

function short(file) {
  return path.relative(process.cwd(), file);
}
