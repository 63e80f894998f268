// The tone of a headline by counting words of a list. Transparent on purpose: every point of the score is a word a reader
// can see. Inflected forms count as their stem: "beats", "surged" and "falling" are beat, surge and fall.

import { z } from 'zod';

const weights = z.record(z.string().regex(/^[a-z]+$/), z.number().positive().max(3));
const lexiconShape = z.strictObject({ note: z.string(), positive: weights, negative: weights, negations: z.array(z.string()) });

export interface SentimentScore {
  readonly score: number;
  readonly label: 'NEGATIVE' | 'NEUTRAL' | 'POSITIVE';
  /** In the order of the text; a negated word has its sign turned. */
  readonly words: readonly { readonly name: string; readonly value: number }[];
}

/** Words after a negation that it turns around. */
const NEGATION_REACH = 3;
const LABEL_FROM = 0.25;
const ENDINGS = ['ies', 'ied', 'es', 's', 'ed', 'd', 'ing', 'ly'];
const MIN_STEM_CHARACTERS = 3;
/** A headline is shorter; what follows is not read. */
export const MAX_CHARACTERS = 2_000;

export class SentimentModel {
  readonly #weights: ReadonlyMap<string, number>;
  readonly #negations: ReadonlySet<string>;
  readonly positiveCount: number;
  readonly negativeCount: number;

  private constructor(lexicon: z.infer<typeof lexiconShape>) {
    const negative = Object.entries(lexicon.negative).map(([word, weight]): [string, number] => [word, -weight]);
    this.#weights = new Map([...Object.entries(lexicon.positive), ...negative]);
    this.#negations = new Set(lexicon.negations);
    this.positiveCount = Object.keys(lexicon.positive).length;
    this.negativeCount = negative.length;
  }

  /** @throws when the text is not a lexicon. */
  static parse(text: string): SentimentModel {
    return new SentimentModel(lexiconShape.parse(JSON.parse(text)));
  }

  score(text: string): SentimentScore {
    const words: { name: string; value: number }[] = [];
    let negatedUntil = -1;
    const tokens = text.slice(0, MAX_CHARACTERS).toLowerCase().replaceAll('’', "'").match(/[a-z]+(?:'[a-z]+)?/g) ?? [];
    tokens.forEach((token, index) => {
      if (this.#negations.has(token)) negatedUntil = index + NEGATION_REACH;
      const weight = this.#weightOf(token);
      if (weight !== undefined) words.push({ name: token, value: index <= negatedUntil ? -weight : weight });
    });
    const total = words.reduce((sum, { value }) => sum + value, 0);
    const score = total / (words.reduce((sum, { value }) => sum + Math.abs(value), 0) + 1);
    return { score, label: score >= LABEL_FROM ? 'POSITIVE' : score <= -LABEL_FROM ? 'NEGATIVE' : 'NEUTRAL', words };
  }

  #weightOf(token: string): number | undefined {
    const stem = stems(token).find((candidate) => this.#weights.has(candidate));
    return stem === undefined ? undefined : this.#weights.get(stem);
  }
}

/** The word itself first, then without endings: losses, surged, dropped, falling, slipping, worries. */
function stems(token: string): string[] {
  const word = token.replace(/'s$/, '');
  const found = [word];
  for (const ending of ENDINGS) {
    if (!word.endsWith(ending) || word.length - ending.length < MIN_STEM_CHARACTERS) continue;
    const stem = word.slice(0, -ending.length);
    found.push(stem, `${stem}e`, `${stem}y`);
    if (stem.at(-1) === stem.at(-2)) found.push(stem.slice(0, -1));
  }
  return found;
}
