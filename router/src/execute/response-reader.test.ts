// Responses as servers frame them, cut anywhere, and what no server may send.

import { describe, expect, it } from '@jest/globals';
import { BadResponse, ResponseReader, type HttpResponse } from './response-reader.ts';

const BOUNDS = { maxBodyBytes: 64, keepAliveMs: 30_000 };
const head = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const answer = (text: string, { status = 200, ...rest }: Partial<HttpResponse> = {}): HttpResponse => ({ status, text, keepAliveMs: 30_000, ...rest });
const CLOSING = { keepAliveMs: undefined };

/** Reads pieces that are overwritten once read, as those of a socket are; a refusal is returned. */
function read(pieces: readonly Buffer[], { ends = false } = {}): HttpResponse | BadResponse | undefined {
  const reader = new ResponseReader(BOUNDS);
  try {
    for (const piece of pieces) {
      const borrowed = Buffer.from(piece);
      const response = reader.read(borrowed);
      borrowed.fill('?');
      if (response) return response;
    }
    return ends ? reader.end() : undefined;
  } catch (error) {
    if (error instanceof BadResponse) return error;
    throw error;
  }
}

describe('response reader', () => {
  it.each<readonly [string, string, HttpResponse]>([
    ['a length', `${head('Content-Length: 4')}"é"`, answer('"é"')],
    ['the same length twice', `${head('content-length: 2', 'Content-Length: 2')}{}`, answer('{}')],
    ['no body at all', 'HTTP/1.1 204 No Content\r\n\r\n', answer('', { status: 204 })],
    ['a status without a reason', 'HTTP/1.1 503\r\ncontent-length: 2\r\n\r\nno', answer('no', { status: 503 })],
    ['chunks', `${head('Transfer-Encoding: chunked')}3\r\n"a\xc3\r\n2;ext="1"\r\n\xa9"\r\n0\r\n\r\n`, answer('"aé"')],
    ['chunks and trailers', `${head('transfer-encoding: Chunked')}A\r\n0123456789\r\n0\r\nx-sum: 1\r\n\r\n`, answer('0123456789')],
    ['chunks and a length, which is not believed', `${head('content-length: 1', 'transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`, answer('{}', CLOSING)],
    ['an interim response before it', `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${head('content-length: 2')}{}`, answer('{}')],
    ['the wish to close', `${head('connection: x, Close', 'content-length: 2')}{}`, answer('{}', CLOSING)],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}', answer('{}', CLOSING)],
    ['a bound on the rest of its connection', `${head('Keep-Alive: timeout=5, max=9', 'content-length: 2')}{}`, answer('{}', { keepAliveMs: 4_000 })],
    ['a rest too short to count on', `${head('keep-alive: timeout=1', 'content-length: 2')}{}`, answer('{}', CLOSING)],
  ])('reads a response with %s, wherever it is cut', (_title, text, expected) => {
    // The texts of chunks are bytes already; the one above ASCII otherwise is UTF-8.
    const bytes = Buffer.from(text, text.includes('chunked') ? 'latin1' : 'utf8');
    const found = Array.from(bytes, (_, cut) => read([bytes.subarray(0, cut), bytes.subarray(cut)]));
    const byteByByte = read(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect([...found, byteByByte].filter((one) => JSON.stringify(one) !== JSON.stringify(expected))).toEqual([]);
  });

  it('reads a body without a length to the end of the connection, and no other', () => {
    expect(read([Buffer.from(`${head()}{"a":`), Buffer.from('1}')], { ends: true })).toEqual(answer('{"a":1}', CLOSING));
    expect(read([Buffer.from(`${head('content-length: 9')}{"a":`)], { ends: true })).toBeUndefined();
    expect(read([Buffer.from(`${head('transfer-encoding: chunked')}3\r\n{"a`)], { ends: true })).toBeUndefined();
  });

  it('does not keep a connection on which more comes than was asked for', () => {
    const more = head('content-length: 2');
    expect([read([Buffer.from(`${head('content-length: 2')}{}${more}{}`)]), read([Buffer.from(`${head('transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n${more}{}`)])]).toEqual([answer('{}', CLOSING), answer('{}', CLOSING)]);
  });

  it.each<readonly [string, string]>([
    ['another protocol', 'SSH-2.0-OpenSSH_9\r\n\r\n'],
    ['another version', 'HTTP/2 200\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['two lengths', head('content-length: 2', 'content-length: 3')],
    ['a list of lengths', head('content-length: 2, 2')],
    ['a negative length', head('content-length: -1')],
    ['a signed length', head('content-length: +2')],
    ['a length beyond the bound', head('content-length: 65')],
    ['a body beyond the bound', `${head()}${'x'.repeat(65)}`],
    ['chunks beyond the bound', `${head('transfer-encoding: chunked')}20\r\n${'x'.repeat(32)}\r\n21\r\n${'x'.repeat(33)}\r\n`],
    ['an unknown coding', head('transfer-encoding: gzip, chunked')],
    ['two codings in two lines', head('transfer-encoding: gzip', 'transfer-encoding: chunked')],
    ['a folded line', head('x-a: 1', ' content-length: 2')],
    ['a space before the colon', head('content-length : 2')],
    ['a line without a colon', head('content-length')],
    ['a head without end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(16_384)}`],
    ['a chunk size that is no number', `${head('transfer-encoding: chunked')}0x2\r\n`],
    ['a chunk size beyond 32 bits', `${head('transfer-encoding: chunked')}100000000\r\n`],
    ['a chunk longer than it says', `${head('transfer-encoding: chunked')}2\r\n{}}\r\n`],
    ['a chunk line that ends in LF alone', `${head('transfer-encoding: chunked')}2\n{}\r\n`],
    ['trailers without end', `${head('transfer-encoding: chunked')}0\r\n${'x: 1\r\n'.repeat(4_097)}`],
  ])('refuses %s', (_title, text) => {
    expect(read([Buffer.from(text)])).toBeInstanceOf(BadResponse);
  });
});
