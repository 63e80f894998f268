import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { seededRandom } from '@mib/testkit/random';
import { RECORD_BYTES } from '@mib/proto/layout-record';
import { Core } from '../core/core.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { DIRECTORY, writeFile } from '../testing/journal-harness.ts';
import { segmentName } from './journal-format.ts';
import { readJournal } from './journal-reader.ts';
import { JournalWriter } from './journal-writer.ts';

/** A segment of 20 commands of the first eight kinds, as the engine wrote it when the format was 1, gzipped. */
const SEGMENT =
  'H4sIAAAAAAACA/N18gpmZICBD/YINmFwR18mxdfJywldv2evlDhIjpD+xVeZK0DqkfW/YNYy+zdnujgDVJwJKsOEovODPYx21IsI9vTFbw8bAwNDaLALVjlU9zM4gOy56OMqDnIbIfefjvYOZkJ1m8MFdoj7XzAz0AWA7EZYxeGwgxti/0s62Y8afgLg8NvCc9cTFDaE9LoZn1oFciYLkv4F/ITDr6FFzxHGTiHCjYx44h9kDSucJ+LQIUw4/KhpP2r4STiAwkJAO6EfFDaEzN0Wv7WQA5q+YfoLxCHuZ0TLPyCQB2d5OlAr/kHuZYfzZBwipBHxB7OfCeoWRFipwO1PJDL88NnPAecpODjII+IPOQxQ7ReA259EBfs54TwlBw1l3PYnI4UTjJVMof2o6UcFnH6OndbKBqUNQuYa+8zWAannQtIvoI4Zf4wY5a+IA6npH1/4ccN5ag4/tLCHHyg75sPV+cHtT6WC/TxwnobDAz3s9oNwJlydCdz+NCrYzwvnaTmcMKJv+kVNPzoOoHBeey5/MihtEDL31WFFQVDZw4ekf4MZavpBBl8YMdMPNcoffjhPz2GGFe7yB16hN4TB7U+nMPxAdYcAnGfg0GBHTP3LQTX/o8afITj/a97M+Q2KG0J6WZfFnQWV3YJI+jOcUN1P62YEyL1CcJ6RQ4AbMekf1v5jYMigQv4TRpSIDhZeqOkH2X4HJ2hKc+iHx18mFewXQSpXFPwg9qcLYdrPiMX/WRTaPwpGwSgYuQAABEzxAAAQAAA=';
/** Of the 26 events that the engine then made of them. */
const EVENTS = { count: 26, sha256: 'f5cba399d0c67f715b6a5bd2c060f950691c167a5e4b1af402862e77731e9599' };

describe('a journal of format 1', () => {
  it('gives the events that it gave when it was written, byte for byte', () => {
    const disk = oldJournal();
    const core = new Core();
    const hash = createHash('sha256');
    let count = 0;
    readJournal(disk, DIRECTORY, (views, first, records) => {
      for (let index = first; index < first + records; index++) core.apply(views, index);
      hash.update(core.output.events.bytes.subarray(0, core.output.eventCount * RECORD_BYTES));
      count += core.output.eventCount;
      core.output.clear();
    });
    expect({ count, sha256: hash.digest('hex') }).toEqual(EVENTS);
  });

  it('is written on in the present format', () => {
    const disk = oldJournal();
    using writer = new JournalWriter(disk, DIRECTORY, readJournal(disk, DIRECTORY, () => undefined), { segmentBytes: 4096 });
    for (let i = 0; i < 20; i++) writer.append(3);
    expect(readJournal(disk, DIRECTORY, () => undefined)).toMatchObject({ lastSequence: 80, tornBytes: 0 });
  });
});

function oldJournal(): MemoryStorage {
  const disk = new MemoryStorage({ random: seededRandom(1) });
  writeFile(disk, join(DIRECTORY, segmentName(1)), gunzipSync(Buffer.from(SEGMENT, 'base64')));
  return disk;
}
