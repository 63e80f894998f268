import { describe, expect, it } from '@jest/globals';
import { originFrom, originHeaders } from './client-origin.ts';

describe('client origin', () => {
  it('comes back from its headers, long ones cut', () => {
    expect(originFrom(originHeaders({ clientIp: '10.0.0.1', userAgent: 'a browser' }))).toEqual({ clientIp: '10.0.0.1', userAgent: 'a browser' });
    expect(originFrom(originHeaders({ userAgent: 'x'.repeat(10_000) })).userAgent).toHaveLength(512);
  });

  it('is empty without them', () => {
    expect(originHeaders({})).toEqual({});
    expect(originFrom({ 'user-agent': 'of the router itself' })).toEqual({});
  });
});
