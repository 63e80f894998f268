// Clients send the same few headers with every request: what follows from one is worked out once.

/** Beyond it all is forgotten at once, so that invented headers hold little. */
const MAX_REMEMBERED = 256;
/** Longer ones are rare, and worked out each time. */
const MAX_CHARACTERS = 512;

/** @param read - depends on the header alone. */
export function remembering<Value>(read: (header: string | undefined) => Value): (header: string | undefined) => Value {
  const known = new Map<string | undefined, Value>();
  return (header) => {
    const value = known.get(header);
    if (value !== undefined || known.has(header)) return value as Value;
    const found = read(header);
    if (header !== undefined && header.length > MAX_CHARACTERS) return found;
    if (known.size === MAX_REMEMBERED) known.clear();
    known.set(header, found);
    return found;
  };
}
