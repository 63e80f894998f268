// Writes leaf values as JSON text, checking them against the schema on the way: a subgraph may hold an enum value that
// the supergraph hides, or answer a string where an Int was promised. `undefined` means the value does not fit.

import { isEnumType, type GraphQLLeafType } from 'graphql';

export type WriteLeaf = (value: unknown) => string | undefined;

/** Up to this length a scan for characters to escape beats JSON.stringify. */
const SCAN_LENGTH = 48;
const QUOTE = 34;
const BACKSLASH = 92;

export function leafWriter(type: GraphQLLeafType): WriteLeaf {
  if (isEnumType(type)) {
    const values = new Map(type.getValues().map(({ name }) => [name, JSON.stringify(name)]));
    return (value) => values.get(value as string);
  }
  switch (type.name) {
    case 'String':
      return (value) => (typeof value === 'string' ? quote(value) : undefined);
    case 'ID':
      return (value) => (typeof value === 'string' ? quote(value) : Number.isInteger(value) ? `"${String(value)}"` : undefined);
    case 'Int':
      // GraphQL spec §3.5.1: 32 bits; `| 0` leaves nothing else as it is.
      return (value) => (typeof value === 'number' && (value | 0) === value ? String(value) : undefined);
    case 'Float':
      return (value) => (typeof value === 'number' ? String(value) : undefined);
    case 'Boolean':
      return (value) => (value === true ? 'true' : value === false ? 'false' : undefined);
    default:
      return (value) => (typeof value === 'string' ? quote(value) : JSON.stringify(value));
  }
}

export function quote(text: string): string {
  if (text.length > SCAN_LENGTH) return JSON.stringify(text);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 32 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)) return JSON.stringify(text);
  }
  return `"${text}"`;
}
