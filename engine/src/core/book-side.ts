// One side of one instrument's book: from a price to its level, and from a price to the next worse one, anywhere between
// 1 and 2^31 - 1 at the same bounded cost. A radix tree of five bits a tier: a node is 32 places and a bitmap of those in
// use, so a search is at most seven loads without a branch to mispredict, and the next worse price a mask and a clz32. The
// tree is only as high as the prices in it differ. All of it is derived from the levels: no part of the state.
//
//   key   bids: the price; asks: the price mirrored, so that a better price is a higher key on both sides
//   root  covers the keys that share `prefix` above 5 * height bits
//
// Far prices make the tree high, and nearly every search is for a price near the best: the lowest nodes found last are
// remembered by what they cover, so that finding, adding or removing a level there touches that node and nothing above it.

/** Held here: a global is looked up anew at every use where modules run in a context of their own, as in tests. */
const { clz32 } = Math;
const TIER_BITS = 5;
const FAN_OUT = 32;
const DIGIT = FAN_OUT - 1;
const MAX_HEIGHT = 7;
const MIRROR = 0x7fffffff;
const FIRST_NODES = 8;
/** Node 0 is empty for good: a search that falls into it stays there. */
const NO_NODE = 0;
const NONE = -1;
/** Lowest nodes remembered: 4,096 prices next to each other. */
const LEAVES = 128;
const LEAF_MASK = LEAVES - 1;

export class BookSide {
  /** 1 for bids, -1 for asks: `sign * price` is higher the better the price is. */
  readonly sign: 1 | -1;
  /** Levels on this side. */
  count = 0;
  /** The level of the best price, or -1. */
  bestLevel = NONE;
  /** The key of the best price, or -1. */
  bestKey = NONE;
  readonly #mirror: number;
  #height = 1;
  #prefix = 0;
  #root = NO_NODE;
  /** Bit d of a node: its place d is in use. */
  #bits = new Int32Array(FIRST_NODES);
  /** 32 a node: nodes of the tier below; in the lowest tier levels, plus one. */
  #places = new Int32Array(FIRST_NODES * FAN_OUT);
  #nodeCount = 1;
  /** Chained through place 0. */
  #freeNode = NO_NODE;
  /** By the key's middle bits: keys without their last digit, and the lowest nodes that cover them. */
  readonly #leafKeys = new Int32Array(LEAVES).fill(NONE);
  readonly #leafNodes = new Int32Array(LEAVES);
  /** The way down of the last search. */
  readonly #path = new Int32Array(MAX_HEIGHT + 1);

  constructor(sign: 1 | -1) {
    this.sign = sign;
    this.#mirror = sign === 1 ? 0 : MIRROR;
  }

  /** Price of the best level, 0 when the side is empty. */
  bestPrice(): number {
    return this.count === 0 ? 0 : this.bestKey ^ this.#mirror;
  }

  /** Higher for a better price, on both sides. */
  keyOf(price: number): number {
    return price ^ this.#mirror;
  }

  /** Level at `price`, or -1. */
  find(price: number): number {
    const key = price ^ this.#mirror;
    if (key === this.bestKey) return this.bestLevel;
    return this.#places[this.#leafOf(key) * FAN_OUT + (key & DIGIT)]! - 1;
  }

  /** Level of the next worse price, or -1; `price` itself need not be there any more. */
  worse(price: number): number {
    const found = this.#below(price ^ this.#mirror);
    return found === NONE ? NONE : this.#places[this.#leafOf(found) * FAN_OUT + (found & DIGIT)]! - 1;
  }

  insert(price: number, level: number): void {
    const key = price ^ this.#mirror;
    let leaf = this.#leafOf(key);
    if (leaf === NO_NODE) leaf = this.#makeLeaf(key);
    this.#bits[leaf]! |= 1 << (key & DIGIT);
    this.#places[leaf * FAN_OUT + (key & DIGIT)] = level + 1;
    this.count++;
    if (key > this.bestKey) {
      this.bestKey = key;
      this.bestLevel = level;
    }
  }

  /** Removes the level at `price`, which is there. */
  remove(price: number): void {
    const key = price ^ this.#mirror;
    const leaf = this.#leafOf(key);
    const left = this.#bits[leaf]! & ~(1 << (key & DIGIT));
    this.count--;
    if (left === 0) {
      this.#unset(key);
      this.#leafKeys[(key >>> TIER_BITS) & LEAF_MASK] = NONE;
    } else {
      this.#bits[leaf] = left;
      this.#places[leaf * FAN_OUT + (key & DIGIT)] = 0;
    }
    if (key !== this.bestKey) return;
    this.bestKey = left === 0 ? this.#below(key) : (key & ~DIGIT) | (DIGIT - clz32(left));
    this.bestLevel = this.bestKey === NONE ? NONE : this.#places[this.#leafOf(this.bestKey) * FAN_OUT + (this.bestKey & DIGIT)]! - 1;
  }

  /** The lowest node on the way to `key`; NO_NODE, which is empty, when there is none. */
  #leafOf(key: number): number {
    const slot = (key >>> TIER_BITS) & LEAF_MASK;
    if (this.#leafKeys[slot] === key >>> TIER_BITS) return this.#leafNodes[slot]!;
    return this.#searchLeaf(key, slot);
  }

  #searchLeaf(key: number, slot: number): number {
    if (prefixOf(key, this.#height) !== this.#prefix) return NO_NODE;
    const places = this.#places;
    let node = this.#root;
    for (let shift = TIER_BITS * (this.#height - 1); shift > 0; shift -= TIER_BITS) node = places[node * FAN_OUT + ((key >>> shift) & DIGIT)]!;
    if (node === NO_NODE) return NO_NODE;
    this.#leafKeys[slot] = key >>> TIER_BITS;
    this.#leafNodes[slot] = node;
    return node;
  }

  #makeLeaf(key: number): number {
    this.#cover(key);
    let node = this.#root;
    for (let shift = TIER_BITS * (this.#height - 1); shift > 0; shift -= TIER_BITS) node = this.#child(node, (key >>> shift) & DIGIT);
    return node;
  }

  #unset(key: number): void {
    const path = this.#path;
    const places = this.#places;
    let node = this.#root;
    for (let tier = this.#height - 1; tier > 0; tier--) {
      path[tier] = node;
      node = places[node * FAN_OUT + ((key >>> (TIER_BITS * tier)) & DIGIT)]!;
    }
    for (let tier = 0; tier < this.#height; tier++) {
      const digit = (key >>> (TIER_BITS * tier)) & DIGIT;
      places[node * FAN_OUT + digit] = 0;
      const left = this.#bits[node]! & ~(1 << digit);
      this.#bits[node] = left;
      if (left !== 0) return;
      places[node * FAN_OUT] = this.#freeNode;
      this.#freeNode = node;
      node = path[tier + 1]!;
    }
    this.#root = NO_NODE;
    this.#height = 1;
  }

  /** Highest key below `key`, or -1. The deepest node on the way to `key` that has a lower digit leads there. */
  #below(key: number): number {
    const inLeaf = this.#bits[this.#leafOf(key)]! & ~(-1 << (key & DIGIT));
    if (inLeaf !== 0) return (key & ~DIGIT) | (DIGIT - clz32(inLeaf));
    const height = this.#height;
    const prefix = prefixOf(key, height);
    if (this.#root === NO_NODE || prefix < this.#prefix) return NONE;
    if (prefix > this.#prefix) return this.#highest(this.#root, height - 1, this.#prefix);
    const bits = this.#bits;
    const places = this.#places;
    let node = this.#root;
    let turn = NO_NODE;
    let turnTier = 0;
    for (let tier = height - 1; tier >= 0 && node !== NO_NODE; tier--) {
      const digit = (key >>> (TIER_BITS * tier)) & DIGIT;
      if ((bits[node]! & ~(-1 << digit)) !== 0) {
        turn = node;
        turnTier = tier;
      }
      node = tier > 0 ? places[node * FAN_OUT + digit]! : NO_NODE;
    }
    if (turn === NO_NODE) return NONE;
    const digit = DIGIT - clz32(bits[turn]! & ~(-1 << ((key >>> (TIER_BITS * turnTier)) & DIGIT)));
    const begun = ((prefixOf(key, turnTier + 1) << TIER_BITS) | digit) & MIRROR;
    return turnTier === 0 ? begun : this.#highest(places[turn * FAN_OUT + digit]!, turnTier - 1, begun);
  }

  /** Highest key under `node`, whose digits above `tier` are `begun`. */
  #highest(node: number, tier: number, begun: number): number {
    let key = begun;
    for (let below = tier; below >= 0; below--) {
      const digit = DIGIT - clz32(this.#bits[node]!);
      key = ((key << TIER_BITS) | digit) & MIRROR;
      node = this.#places[node * FAN_OUT + digit]!;
    }
    return key;
  }

  /** Makes the tree high enough for `key`. */
  #cover(key: number): void {
    if (this.#root === NO_NODE) {
      this.#root = this.#allocate();
      this.#prefix = prefixOf(key, 1);
    }
    while (prefixOf(key, this.#height) !== this.#prefix) {
      const root = this.#allocate();
      const digit = this.#prefix & DIGIT;
      this.#bits[root] = 1 << digit;
      this.#places[root * FAN_OUT + digit] = this.#root;
      this.#root = root;
      this.#prefix >>>= TIER_BITS;
      this.#height++;
    }
  }

  #child(node: number, digit: number): number {
    const found = this.#places[node * FAN_OUT + digit]!;
    if (found !== NO_NODE) return found;
    const made = this.#allocate();
    this.#bits[node]! |= 1 << digit;
    this.#places[node * FAN_OUT + digit] = made;
    return made;
  }

  #allocate(): number {
    const free = this.#freeNode;
    if (free !== NO_NODE) {
      this.#freeNode = this.#places[free * FAN_OUT]!;
      this.#places[free * FAN_OUT] = 0;
      return free;
    }
    if (this.#nodeCount === this.#bits.length) this.#grow();
    return this.#nodeCount++;
  }

  #grow(): void {
    const bits = new Int32Array(2 * this.#bits.length);
    const places = new Int32Array(2 * this.#places.length);
    bits.set(this.#bits);
    places.set(this.#places);
    this.#bits = bits;
    this.#places = places;
  }
}

/** The digits from tier `height` up. */
function prefixOf(key: number, height: number): number {
  return height === MAX_HEIGHT ? 0 : key >>> (TIER_BITS * height);
}
