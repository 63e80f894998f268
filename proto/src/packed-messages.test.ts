import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SubmitPackedRequest, SubmitPackedResponse } from './generated/mib/engine/v1/engine.ts';
import { PACKED_METHOD } from './packed-messages.ts';

const lengths = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(127, 128, 16_383, 16_384, 65_536, 524_288));

describe('the packed messages', () => {
  it('are, byte by byte, those of the generated code, and are read by either', () => {
    fc.assert(
      fc.property(lengths, fc.nat(255), (length, fill) => {
        const message = { records: Buffer.alloc(length, fill) };
        const written = PACKED_METHOD.requestSerialize(message);
        expect(written.equals(Buffer.from(SubmitPackedRequest.encode(message).finish()))).toBe(true);
        expect(PACKED_METHOD.requestDeserialize(written).records.equals(message.records)).toBe(true);
        expect(PACKED_METHOD.responseDeserialize(PACKED_METHOD.responseSerialize(message)).records.equals(message.records)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('may have fields that a later version added', () => {
    const later = Buffer.concat([PACKED_METHOD.responseSerialize({ records: Buffer.from('abc') }), Buffer.from([0x10, 0x01])]);
    expect(PACKED_METHOD.responseDeserialize(later).records.toString()).toBe('abc');
  });

  it('that are cut are refused, or read as the generated code does', () => {
    const whole = PACKED_METHOD.requestSerialize({ records: Buffer.alloc(300, 7) });
    for (let length = 0; length < whole.byteLength; length++) {
      const cut = whole.subarray(0, length);
      const read = (decode: (message: Buffer) => SubmitPackedResponse): string => {
        try {
          return decode(cut).records.toString('hex');
        } catch (error) {
          return (error as Error).name;
        }
      };
      expect(read(PACKED_METHOD.responseDeserialize)).toBe(read((message) => SubmitPackedResponse.decode(message)));
    }
  });
});
