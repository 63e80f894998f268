// Everything that is generated, in the order of its sources: proto -> prisma -> resolver types -> supergraph -> sdk.
// `npm run generate` does all; an argument does one step, `resolvers <subgraph>` the types of one subgraph.
import { spawnSync } from 'node:child_process';
import { generate, loadCodegenConfig } from '@graphql-codegen/cli';

const STEPS = {
  proto: () => run('npx', ['buf', 'generate'], { cwd: 'proto' }),
  prisma: () => run('node', ['prisma/generate.mjs']),
  resolvers: (subgraph = '') => codegen(`subgraphs/${subgraph}`),
  supergraph: () => {
    run('npx', ['tsc', '-b', 'router']);
    run('node', ['router/dist/compose.js']);
  },
  sdk: async () => {
    await codegen('sdk/');
    await codegen('router/');
  },
};

const [step, argument] = process.argv.slice(2);
if (step && !(step in STEPS)) fail(`step must be one of ${Object.keys(STEPS).join(' ')}, was "${step}"`);
for (const name of step ? [step] : Object.keys(STEPS)) {
  console.log(`generate ${name}`);
  await STEPS[name](argument);
}

/** Runs the entries of codegen.yml whose output lies below `prefix`. */
async function codegen(prefix) {
  const { config } = await loadCodegenConfig({ configFilePath: 'codegen.yml' });
  const generates = Object.fromEntries(Object.entries(config.generates).filter(([output]) => output.startsWith(prefix)));
  if (Object.keys(generates).length === 0) fail(`codegen.yml has no output below "${prefix}"`);
  await generate({ ...config, generates, errorsOnly: true }, true);
}

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) fail(`${command} ${args.join(' ')} failed`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
