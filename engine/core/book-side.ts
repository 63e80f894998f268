// One side of one instrument's book: from a price to its level, and from a price to the next worse one, anywhere between
// 1 and 2^31 - 1 at the same bounded cost. A radix tree of five bits a tier: a node is 32 places and a bitmap of those in
// use, so a search is at most seven loads without a branch to mispredict, and the next worse price a mask and a clz. The
// tree is only as high as the prices in it differ. All of it is derived from the levels: no part of the state.
//
//   key   bids: the price; asks: the price mirrored, so that a better price is a higher key on both sides
//   root  covers the keys that share `prefix` above 5 * height bits
//
// Far prices make the tree high, and nearly every search is for a price near the best: the lowest nodes found last are
// remembered by what they cover, so that finding, adding or removing a level there touches that node and nothing above it.

import { EMPTY_NODE, reserve, SCRATCH } from './memory';
import { NONE } from './codes';

const TIER_BITS: i32 = 5;
const DIGIT: i32 = 31;
const MAX_HEIGHT: i32 = 7;
const MIRROR: i32 = 0x7fff_ffff;
/** Lowest nodes remembered: 4,096 prices next to each other. */
const LEAF_MASK: i32 = 127;
/** The bitmap and 32 places: addresses of nodes of the tier below, in the lowest tier levels plus one. */
const NODE_BYTES: usize = 136;
const NODES_AT_ONCE: i32 = 480;
const HEAD_BYTES: usize = 64;
/** The way down of a search, a node a tier. */
const PATH: usize = SCRATCH + 2_048;

/** Freed nodes, of all sides, chained through place 0; what is left of the stretch last reserved. */
let freeNode: usize = EMPTY_NODE;
let freshNode: usize = 0;
let freshNodes: i32 = 0;

@unmanaged
class Node {
  /** Bit d: place d is in use. */
  bits: i32;
  place0: i32;
}

/** A node by the middle bits of the keys that it covers. */
@unmanaged
class Leaf {
  /** Those keys without their last digit, plus one; 0 is none. */
  keys: i32;
  node: usize;
}

@unmanaged
export class BookSide {
  /** 1 for bids, -1 for asks: `sign * price` is higher the better the price is. */
  sign: i32;
  mirror: i32;
  /** Levels on this side. */
  count: i32;
  /** The level of the best price, or -1. */
  bestLevel: i32;
  /** The key of the best price, or -1. */
  bestKey: i32;
  height: i32;
  prefix: i32;
  root: usize;

  /** Of zeroed memory. */
  begin(sign: i32): void {
    this.sign = sign;
    this.mirror = sign == 1 ? 0 : MIRROR;
    this.bestLevel = NONE;
    this.bestKey = NONE;
    this.height = 1;
    this.root = EMPTY_NODE;
  }

  /** Price of the best level, 0 when the side is empty. */
  @inline bestPrice(): i32 { return this.count == 0 ? 0 : this.bestKey ^ this.mirror; }

  /** Higher for a better price, on both sides. */
  @inline keyOf(price: i32): i32 { return price ^ this.mirror; }

  /** Level at `price`, or -1. */
  find(price: i32): i32 {
    const key = price ^ this.mirror;
    if (key == this.bestKey) return this.bestLevel;
    return placeOf(this.leafOf(key), key & DIGIT) - 1;
  }

  /** Level of the next worse price, or -1; `price` itself need not be there any more. */
  worse(price: i32): i32 {
    const found = this.below(price ^ this.mirror);
    return found == NONE ? NONE : placeOf(this.leafOf(found), found & DIGIT) - 1;
  }

  insert(price: i32, level: i32): void {
    const key = price ^ this.mirror;
    let leaf = this.leafOf(key);
    if (leaf == EMPTY_NODE) leaf = this.makeLeaf(key);
    changetype<Node>(leaf).bits |= 1 << (key & DIGIT);
    setPlace(leaf, key & DIGIT, level + 1);
    this.count++;
    if (key > this.bestKey) {
      this.bestKey = key;
      this.bestLevel = level;
    }
  }

  /** Removes the level at `price`, which is there. */
  remove(price: i32): void {
    const key = price ^ this.mirror;
    const leaf = this.leafOf(key);
    const left = changetype<Node>(leaf).bits & ~(1 << (key & DIGIT));
    this.count--;
    if (left == 0) {
      this.unset(key);
      this.leaf(key).keys = 0;
    } else {
      changetype<Node>(leaf).bits = left;
      setPlace(leaf, key & DIGIT, 0);
    }
    if (key != this.bestKey) return;
    this.bestKey = left == 0 ? this.below(key) : (key & ~DIGIT) | (DIGIT - clz<i32>(left));
    this.bestLevel = this.bestKey == NONE ? NONE : placeOf(this.leafOf(this.bestKey), this.bestKey & DIGIT) - 1;
  }

  @inline private leaf(key: i32): Leaf {
    return changetype<Leaf>(changetype<usize>(this) + HEAD_BYTES + (<usize>((key >>> TIER_BITS) & LEAF_MASK) << 3));
  }

  /** The lowest node on the way to `key`; the empty one when there is none. */
  @inline private leafOf(key: i32): usize {
    const leaf = this.leaf(key);
    return leaf.keys == (key >>> TIER_BITS) + 1 ? leaf.node : this.searchLeaf(key, leaf);
  }

  private searchLeaf(key: i32, leaf: Leaf): usize {
    if (prefixOf(key, this.height) != this.prefix) return EMPTY_NODE;
    let node = this.root;
    for (let shift = TIER_BITS * (this.height - 1); shift > 0; shift -= TIER_BITS) node = childOf(node, (key >>> shift) & DIGIT);
    if (node == EMPTY_NODE) return EMPTY_NODE;
    leaf.keys = (key >>> TIER_BITS) + 1;
    leaf.node = node;
    return node;
  }

  private makeLeaf(key: i32): usize {
    this.cover(key);
    let node = this.root;
    for (let shift = TIER_BITS * (this.height - 1); shift > 0; shift -= TIER_BITS) node = makeChild(node, (key >>> shift) & DIGIT);
    return node;
  }

  private unset(key: i32): void {
    let node = this.root;
    for (let tier = this.height - 1; tier > 0; tier--) {
      store<usize>(PATH + (<usize>tier << 2), node);
      node = childOf(node, (key >>> (TIER_BITS * tier)) & DIGIT);
    }
    for (let tier = 0; tier < this.height; tier++) {
      const digit = (key >>> (TIER_BITS * tier)) & DIGIT;
      setPlace(node, digit, 0);
      const left = changetype<Node>(node).bits & ~(1 << digit);
      changetype<Node>(node).bits = left;
      if (left != 0) return;
      setPlace(node, 0, <i32>freeNode);
      freeNode = node;
      node = load<usize>(PATH + (<usize>(tier + 1) << 2));
    }
    this.root = EMPTY_NODE;
    this.height = 1;
  }

  /** Highest key below `key`, or -1. The deepest node on the way to `key` that has a lower digit leads there. */
  private below(key: i32): i32 {
    const inLeaf = changetype<Node>(this.leafOf(key)).bits & ~(-1 << (key & DIGIT));
    if (inLeaf != 0) return (key & ~DIGIT) | (DIGIT - clz<i32>(inLeaf));
    const prefix = prefixOf(key, this.height);
    if (this.root == EMPTY_NODE || prefix < this.prefix) return NONE;
    if (prefix > this.prefix) return highest(this.root, this.height - 1, this.prefix);
    let node = this.root;
    let turn = EMPTY_NODE;
    let turnTier = 0;
    for (let tier = this.height - 1; tier >= 0 && node != EMPTY_NODE; tier--) {
      const digit = (key >>> (TIER_BITS * tier)) & DIGIT;
      if ((changetype<Node>(node).bits & ~(-1 << digit)) != 0) {
        turn = node;
        turnTier = tier;
      }
      node = tier > 0 ? childOf(node, digit) : EMPTY_NODE;
    }
    if (turn == EMPTY_NODE) return NONE;
    const digit = DIGIT - clz<i32>(changetype<Node>(turn).bits & ~(-1 << ((key >>> (TIER_BITS * turnTier)) & DIGIT)));
    const begun = ((prefixOf(key, turnTier + 1) << TIER_BITS) | digit) & MIRROR;
    return turnTier == 0 ? begun : highest(childOf(turn, digit), turnTier - 1, begun);
  }

  /** Makes the tree high enough for `key`. */
  private cover(key: i32): void {
    if (this.root == EMPTY_NODE) {
      this.root = allocateNode();
      this.prefix = prefixOf(key, 1);
    }
    while (prefixOf(key, this.height) != this.prefix) {
      const root = allocateNode();
      const digit = this.prefix & DIGIT;
      changetype<Node>(root).bits = 1 << digit;
      setPlace(root, digit, <i32>this.root);
      this.root = root;
      this.prefix >>>= TIER_BITS;
      this.height++;
    }
  }
}

// @ts-ignore: decorator
@inline
function placeOf(node: usize, digit: i32): i32 {
  return load<i32>(node + (<usize>digit << 2), offsetof<Node>('place0'));
}

// @ts-ignore: decorator
@inline
function setPlace(node: usize, digit: i32, value: i32): void {
  store<i32>(node + (<usize>digit << 2), value, offsetof<Node>('place0'));
}

/** Node of the tier below, or the empty one. */
// @ts-ignore: decorator
@inline
function childOf(node: usize, digit: i32): usize {
  const child = <usize>placeOf(node, digit);
  return child == 0 ? EMPTY_NODE : child;
}

function makeChild(node: usize, digit: i32): usize {
  const found = <usize>placeOf(node, digit);
  if (found != 0) return found;
  const made = allocateNode();
  changetype<Node>(node).bits |= 1 << digit;
  setPlace(node, digit, <i32>made);
  return made;
}

/** Highest key under `node`, whose digits above `tier` are `begun`. */
function highest(from: usize, tier: i32, begun: i32): i32 {
  let key = begun;
  let node = from;
  for (let below = tier; below >= 0; below--) {
    const digit = DIGIT - clz<i32>(changetype<Node>(node).bits);
    key = ((key << TIER_BITS) | digit) & MIRROR;
    node = <usize>placeOf(node, digit);
  }
  return key;
}

/** The digits from tier `height` up. */
// @ts-ignore: decorator
@inline
function prefixOf(key: i32, height: i32): i32 {
  return height == MAX_HEIGHT ? 0 : key >>> (TIER_BITS * height);
}

/** A node of zeros. */
function allocateNode(): usize {
  if (freeNode != EMPTY_NODE) {
    const free = freeNode;
    freeNode = <usize>placeOf(free, 0);
    setPlace(free, 0, 0);
    return free;
  }
  if (freshNodes == 0) {
    freshNode = reserve(<usize>NODES_AT_ONCE * NODE_BYTES);
    freshNodes = NODES_AT_ONCE;
  }
  freshNodes--;
  freshNode += NODE_BYTES;
  return freshNode - NODE_BYTES;
}
