/** Ends a `switch` over a closed union: a missing case is a compile error, a bad value at run time a throw. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
