import { describe, expect, it } from '@jest/globals';
import { Health } from './health.ts';
import { openService, type Keep } from './open-service.ts';

const closed: string[] = [];
const resource = (name: string, failure?: Error): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    closed.push(name);
    if (failure) throw failure;
  },
});
const running = { url: 'http://x', health: new Health(), [Symbol.asyncDispose]: async () => undefined };

describe('a service', () => {
  it('closes what it opened in the reverse order', async () => {
    closed.length = 0;
    const service = await openService(async (keep: Keep) => {
      keep(resource('database'));
      keep(resource('server'));
      return running;
    });
    await service[Symbol.asyncDispose]();
    expect(closed).toEqual(['server', 'database']);
  });

  it('closes what was open when the next thing cannot be opened, and says why', async () => {
    closed.length = 0;
    const opening = openService(async (keep: Keep) => {
      keep(resource('database'));
      throw new Error('port is busy');
    });
    await expect(opening).rejects.toThrow('port is busy');
    expect(closed).toEqual(['database']);
  });

  it('closes the rest when closing one fails, then tells of it', async () => {
    closed.length = 0;
    const service = await openService(async (keep: Keep) => {
      keep(resource('database'));
      keep(resource('server', new Error('stuck')));
      return running;
    });
    await expect(service[Symbol.asyncDispose]()).rejects.toThrow('stuck');
    expect(closed).toEqual(['server', 'database']);
  });
});
