// `npm run train`: trains the volatility model on the shipped history, writes models/<id>/ and prints the scoreboard.
// Running it again writes the same bytes. It also renews the manifest of the word list. An argument names another folder to
// write the volatility model to.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from './registry/manifest.ts';
import { LEXICON_FILE, LEXICON_ID, describeLexicon } from './training/describe-lexicon.ts';
import { readHistory } from './training/read-history.ts';
import { scoreboardText } from './training/scoreboard-text.ts';
import { trainVolatility } from './training/train-volatility.ts';

const MODELS = fileURLToPath(new URL('../models', import.meta.url));

const { file, manifest } = trainVolatility(readHistory());
const folder = path.join(process.argv[2] ?? MODELS, manifest.id);
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, manifest.file), file);
writeManifest(folder, manifest);
console.log(`${scoreboardText(manifest)}\nwritten to ${folder}`);

if (process.argv[2] === undefined) {
  const lexicon = path.join(MODELS, LEXICON_ID);
  writeManifest(lexicon, describeLexicon(readFileSync(path.join(lexicon, LEXICON_FILE))));
}

function writeManifest(directory: string, content: Manifest): void {
  writeFileSync(path.join(directory, 'model.json'), `${JSON.stringify(content, null, 2)}\n`);
}
