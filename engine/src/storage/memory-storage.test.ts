import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@mib/testkit/random';
import { MemoryStorage, StorageCrashedError } from './memory-storage.ts';

const SEEDS = 200;
const OLD = 1;
const NEW = 2;
const FILE = '/data/file';

describe('the simulated disk', () => {
  it('keeps what was synced, whatever crashes', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const disk = diskWithFile(seed);
      disk.crash();
      const bytes = read(disk);
      expect([bytes.length, describeBytes(bytes)]).toEqual([4096, 'old']);
    }
  });

  it('loses, keeps, tears and reorders what was not synced, in some crash each', () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const disk = diskWithFile(seed);
      using file = disk.open(FILE, 'write');
      file.write(new Uint8Array(1024).fill(NEW), 0);
      file.write(new Uint8Array(1024).fill(NEW), 2048);
      disk.crash();
      const [first, second] = [read(disk).subarray(0, 1024), read(disk).subarray(2048, 3072)].map(describeBytes);
      outcomes.add(`${first} ${second}`);
    }
    for (const outcome of ['old old', 'new new', 'new old', 'old new', 'torn old']) expect(outcomes).toContain(outcome);
  });

  it('has a durable write on the medium when it returns', () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const disk = diskWithFile(seed);
      using file = disk.open(FILE, 'write-durable');
      file.write(new Uint8Array(1000).fill(NEW), 100);
      disk.crash();
      expect(describeBytes(read(disk).subarray(100, 1100))).toBe('new');
    }
  });

  it('may lose for good what a failed sync was to save', () => {
    let lost = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const disk = diskWithFile(seed);
      using file = disk.open(FILE, 'write');
      file.write(new Uint8Array(512).fill(NEW), 0);
      disk.fault = ({ kind }) => (kind === 'sync' ? 'io-error' : undefined);
      expect(() => file.sync()).toThrow('EIO');
      disk.fault = () => undefined;
      file.sync();
      expect(describeBytes(read(disk).subarray(0, 512))).toBe('new');
      disk.crash();
      if (describeBytes(read(disk).subarray(0, 512)) !== 'new') lost++;
    }
    expect(lost).toBeGreaterThan(SEEDS / 10);
  });

  it('forgets names that no directory sync has saved, in some crash', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const disk = diskWithFile(seed);
      disk.rename(FILE, '/data/other');
      disk.crash();
      seen.add(disk.list('/data').join());
      const synced = diskWithFile(seed);
      synced.rename(FILE, '/data/other');
      synced.syncDirectory('/data');
      synced.crash();
      expect(synced.list('/data')).toEqual(['other']);
    }
    expect([...seen].sort()).toEqual(['file', 'other']);
  });

  it('runs full: first a short write, then ENOSPC; what is there can be written over', () => {
    const disk = diskWithFile(1);
    disk.capacityBytes = 5000;
    using file = disk.open(FILE, 'write');
    expect(file.write(new Uint8Array(1000), 4096)).toBe(904);
    expect(() => file.write(new Uint8Array(96), 5000)).toThrow('ENOSPC');
    expect(file.write(new Uint8Array(5000), 0)).toBe(5000);
  });

  it('closes what was open when the machine crashed or the process died', () => {
    const disk = diskWithFile(1);
    for (const end of [() => disk.crash(), () => disk.kill()]) {
      using file = disk.open(FILE, 'read');
      end();
      expect(() => file.size()).toThrow(StorageCrashedError);
    }
  });

  it('does the same for the same seed', () => {
    const run = (): Uint8Array => {
      const disk = diskWithFile(77);
      using file = disk.open(FILE, 'write');
      for (let at = 0; at < 4096; at += 100) file.write(new Uint8Array(100).fill(NEW), at);
      disk.crash();
      return read(disk);
    };
    expect(run()).toEqual(run());
  });
});

/** A file of 4096 old bytes that is safe. */
function diskWithFile(seed: number): MemoryStorage {
  const disk = new MemoryStorage({ random: seededRandom(seed) });
  using file = disk.open(FILE, 'create');
  file.write(new Uint8Array(4096).fill(OLD), 0);
  file.sync();
  disk.syncDirectory('/data');
  return disk;
}

function read(disk: MemoryStorage): Uint8Array {
  using file = disk.open(FILE, 'read');
  const bytes = new Uint8Array(file.size());
  file.read(bytes, 0);
  return bytes;
}

function describeBytes(bytes: Uint8Array): 'old' | 'new' | 'torn' {
  return bytes.every((byte) => byte === OLD) ? 'old' : bytes.every((byte) => byte === NEW) ? 'new' : 'torn';
}
