const ID_BYTES = 16;

/** `usr_` and 128 random bits: says what it names, cannot be guessed or counted. */
export function newId(prefix: 'usr' | 'ses' | 'key', random: (bytes: number) => Buffer): string {
  return `${prefix}_${random(ID_BYTES).toString('hex')}`;
}
