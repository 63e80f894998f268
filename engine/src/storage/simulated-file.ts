// One file of the simulated disk: what a reader sees, what the medium holds, and the changes in between. A crash lets
// each changed sector live or die by itself, which is what a write-back cache does to unsynced writes: it drops and
// reorders them. Worst of the file systems: a file may also have grown without its bytes having arrived.

const SECTOR_BYTES = 512;
const FIRST_BYTES = 1_024;

/** Byte: a surviving sector may moreover be cut anywhere, as no disk promises that a sector is written whole. */
export type Tearing = 'sector' | 'byte';

export interface Chance {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly tearing: Tearing;
}

type Change = { readonly kind: 'write'; readonly bytes: Uint8Array; readonly position: number } | { readonly kind: 'truncate'; readonly length: number };

export class SimulatedFile {
  #seen = new ByteContent();
  readonly #kept = new ByteContent();
  #pending: Change[] = [];

  get length(): number {
    return this.#seen.length;
  }

  read(bytes: Uint8Array, position: number): number {
    return this.#seen.read(bytes, position);
  }

  write(bytes: Uint8Array, position: number): void {
    this.#seen.write(bytes, position);
    this.#pending.push({ kind: 'write', bytes: bytes.slice(), position });
  }

  truncate(length: number): void {
    this.#seen.resize(length);
    this.#pending.push({ kind: 'truncate', length });
  }

  sync(): void {
    for (const change of this.#pending) {
      if (change.kind === 'write') this.#kept.write(change.bytes, change.position);
      else this.#kept.resize(change.length);
    }
    this.#pending = [];
  }

  /** A failed sync: some of it arrived, and no later sync brings the rest, though readers go on seeing it. */
  syncInPart(chance: Chance): void {
    const survival = pickSurvival(chance);
    for (const change of this.#pending) {
      if (change.kind === 'write') this.#keepSome(change.bytes, change.position, survival, chance);
      else if (chance.random() < survival) this.#kept.resize(change.length);
    }
    this.#pending = [];
  }

  crash(chance: Chance): void {
    this.syncInPart(chance);
    this.#seen = this.#kept.clone();
  }

  #keepSome(bytes: Uint8Array, position: number, survival: number, chance: Chance): void {
    for (let from = 0; from < bytes.byteLength; ) {
      const to = Math.min(from + SECTOR_BYTES - ((position + from) % SECTOR_BYTES), bytes.byteLength);
      if (chance.random() < survival) this.#kept.write(bytes.subarray(from, tornEnd(from, to, chance)), position + from);
      from = to;
    }
    const end = position + bytes.byteLength;
    if (this.#kept.length < end && chance.random() < survival) this.#kept.resize(end);
  }
}

/** Nothing, everything, or each sector by chance: the extremes are as likely as the rest. */
function pickSurvival({ random }: Chance): number {
  const kind = random() * 3;
  return kind < 1 ? 0 : kind < 2 ? 1 : random();
}

function tornEnd(from: number, to: number, { random, tearing }: Chance): number {
  return tearing === 'byte' && random() < 0.25 ? from + Math.floor(random() * (to - from + 1)) : to;
}

/** Bytes that grow; a gap reads as zeros. */
class ByteContent {
  #bytes = new Uint8Array(FIRST_BYTES);
  length = 0;

  read(into: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(into.byteLength, this.length - position));
    into.set(this.#bytes.subarray(position, position + count));
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.byteLength === 0) return;
    if (position + bytes.byteLength > this.length) this.resize(position + bytes.byteLength);
    this.#bytes.set(bytes, position);
  }

  resize(length: number): void {
    if (length > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.byteLength));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.fill(0, Math.min(length, this.length), Math.max(length, this.length));
    this.length = length;
  }

  clone(): ByteContent {
    const copy = new ByteContent();
    copy.write(this.#bytes.subarray(0, this.length), 0);
    return copy;
  }
}
