// Proves that generated code is what its sources give: generates again and compares. The working tree is left as it was
// generated, so after a failure `git diff` shows what was stale.
import { execFileSync, spawnSync } from 'node:child_process';

const GENERATED = ['*/src/generated/**', 'subgraphs/*/src/generated/**', 'prisma/migrations/**', 'router/supergraph.graphql', 'router/trusted-documents.json', 'sdk/schema.graphql'];

const before = state();
const { status } = spawnSync('node', ['tools/generate.mjs'], { stdio: 'inherit' });
if (status !== 0) process.exit(1);
if (state() !== before) {
  console.error('generated code was stale: commit what `npm run generate` wrote\n' + execFileSync('git', ['status', '--short', '--', ...GENERATED], { encoding: 'utf8' }));
  process.exit(1);
}
console.log('generated code is fresh');

/** Content of every generated file, tracked or not: names and hashes. */
function state() {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', ...GENERATED], { encoding: 'utf8' }).split('\n').filter(Boolean).sort();
  const hashes = execFileSync('git', ['hash-object', '--stdin-paths'], { input: files.join('\n'), encoding: 'utf8' }).split('\n');
  return files.map((file, index) => `${file} ${hashes[index]}`).join('\n');
}
