// The manifest of the word list. Nothing is trained: the list was written by hand and has not been evaluated.

import { createHash } from 'node:crypto';
import { SentimentModel } from '../domain/sentiment-model.ts';
import type { SentimentManifest } from '../registry/manifest.ts';

const NAME = 'finance-lexicon';
const VERSION = '1.0.0';
export const LEXICON_ID = `${NAME}-${VERSION}`;
export const LEXICON_FILE = 'lexicon.json';

/** @throws when the bytes are not a lexicon. */
export function describeLexicon(bytes: Uint8Array): SentimentManifest {
  const { positiveCount, negativeCount } = SentimentModel.parse(new TextDecoder().decode(bytes));
  return {
    kind: 'SENTIMENT',
    id: LEXICON_ID,
    name: NAME,
    version: VERSION,
    description: 'Tone of a headline by a hand-written list of finance words with negation. Transparent, not trained, not evaluated.',
    file: LEXICON_FILE,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    features: [{ name: 'headline', description: 'English text, the first 2000 characters' }],
    metrics: [{ name: 'positiveWords', value: positiveCount }, { name: 'negativeWords', value: negativeCount }],
    scoreboards: [],
  };
}
