import { describe, expect, it } from '@jest/globals';
import { hostInAddress, hostOfSocket, isLoopback } from './loopback.ts';

describe('isLoopback', () => {
  it.each(['localhost', '127.0.0.1', '127.0.77.3', '::1', '[::1]'])('%s is this machine', (host) => expect(isLoopback(host)).toBe(true));
  it.each(['0.0.0.0', '::', 'engine', '10.0.0.1', '127.evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'])('%s is not', (host) => expect(isLoopback(host)).toBe(false));
});

describe('a host', () => {
  it.each([
    ['::1', '[::1]', '::1'],
    ['[::1]', '[::1]', '::1'],
    ['127.0.0.1', '127.0.0.1', '127.0.0.1'],
    ['engine', 'engine', 'engine'],
  ])('%s stands in an address as %s, and a socket takes %s', (host, inAddress, ofSocket) => {
    expect(hostInAddress(host)).toBe(inAddress);
    expect(hostOfSocket(host)).toBe(ofSocket);
  });
});
