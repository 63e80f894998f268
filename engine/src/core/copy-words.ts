// Copies of a few words, written out: a loop costs V8 more than the words do, and TypedArray.set a call into C++.

export function copyEight(to: Int32Array, at: number, from: Int32Array, fromAt: number): void {
  to[at] = from[fromAt]!;
  to[at + 1] = from[fromAt + 1]!;
  to[at + 2] = from[fromAt + 2]!;
  to[at + 3] = from[fromAt + 3]!;
  to[at + 4] = from[fromAt + 4]!;
  to[at + 5] = from[fromAt + 5]!;
  to[at + 6] = from[fromAt + 6]!;
  to[at + 7] = from[fromAt + 7]!;
}
