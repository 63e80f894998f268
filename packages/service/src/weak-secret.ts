// Whether a secret only looks like one: a word of examples and defaults, a pattern, or too few different characters to
// have come from a generator.

const EXAMPLES = /change.?me|change.?this|secret|password|default|example|insecure|placeholder|letmein|qwerty|12345678|abcdefgh|development|replace.?me/i;
/** 32 random hexadecimal digits have fewer than this once in ten thousand secrets. */
const MIN_DIFFERENT_CHARACTERS = 9;
const MAX_PATTERN_CHARACTERS = 12;

/** @returns why it is weak, without a character of it; undefined when it is not. */
export function weaknessOf(secret: string): string | undefined {
  if (EXAMPLES.test(secret)) return 'must not be an example or a default';
  if (new Set(secret).size < MIN_DIFFERENT_CHARACTERS) return `must have at least ${MIN_DIFFERENT_CHARACTERS} different characters`;
  for (let length = 1; length <= MAX_PATTERN_CHARACTERS; length++) {
    if (secret === secret.slice(0, length).repeat(Math.ceil(secret.length / length)).slice(0, secret.length)) return 'must not repeat a pattern';
  }
  return undefined;
}
