import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROTO = fileURLToPath(new URL('..', import.meta.url));
const BUF = join(dirname(createRequire(import.meta.url).resolve('@bufbuild/buf/package.json')), 'bin', 'buf');

describe('the released contract', () => {
  it('is kept by the present one', () => {
    expect(breaking((text) => text)).toEqual({ status: 0, said: '' });
  });

  it.each([
    ['a removed field', '  uint64 after = 1;', '', /Previously present field "1" with name "after" on message "StreamEventsRequest" was deleted/],
    ['a renumbered field', 'bytes records = 1;\n}', 'bytes records = 7;\n}', /Previously present field "1" with name "records"/],
    ['a field of another type', 'uint32 price_ticks = 4;', 'string price_ticks = 4;', /changed type from "uint32" to "string"/],
    ['a removed call', '  rpc GetStatus(GetStatusRequest) returns (GetStatusResponse);', '', /Previously present RPC "GetStatus"/],
    ['a renamed code', 'REJECT_CODE_POSITION_LIMIT', 'REJECT_CODE_POSITION', /changed name from "REJECT_CODE_POSITION_LIMIT"/],
  ])('is broken by %s', (_, from, to, message) => {
    const { status, said } = breaking((text) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    });
    expect(status).toBe(100);
    expect(said).toMatch(message);
  });
});

/** Compares an edited copy of the contract with the released one, as `npm run contract` does. */
function breaking(edit: (text: string) => string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'mib-contract-'));
  try {
    for (const name of ['mib', 'grpc', 'buf.yaml']) cpSync(join(PROTO, name), join(folder, name), { recursive: true });
    const file = join(folder, 'mib/engine/v1/engine.proto');
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    const { status, stdout } = spawnSync(process.execPath, [BUF, 'breaking', folder, '--against', join(PROTO, 'released.binpb')], { encoding: 'utf8' });
    return { status, said: stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
