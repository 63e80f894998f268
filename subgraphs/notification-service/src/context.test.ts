import { describe, expect, it } from '@jest/globals';
import { LiveTopic } from '@mib/service/pubsub';
import { user } from './testing/running-room.ts';
import { createContext, type Services } from './context.ts';
import { instrument, notification } from './resolvers/entities.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- resolvers are called as graphql calls them
const call = (resolver: any, ...args: readonly unknown[]): Promise<unknown> => resolver(...args);

describe('a request', () => {
  it('costs one statement for the rules of 50 instruments and one for 50 notifications', async () => {
    const asked: string[] = [];
    const rules = { ofUser: async (userId: string) => (asked.push(`rules of ${userId}`), []) };
    const notifications = { byIds: async (ids: readonly string[]) => (asked.push(`${ids.length} notifications`), []) };
    const services = { rules, notifications, wakeUps: new LiveTopic() } as unknown as Services;
    const context = createContext(services, { viewer: user('ada'), signal: new AbortController().signal, requestId: 'r' });
    const numbers = Array.from({ length: 50 }, (_, index) => String(index));
    expect(await Promise.all(numbers.map((id) => call(instrument.alertRules, { id }, {}, context)))).toEqual(numbers.map(() => []));
    expect(await Promise.all(numbers.map((id) => call(notification.__resolveReference, { id }, context)))).toEqual(numbers.map(() => null));
    expect(asked).toEqual(['rules of ada', '50 notifications']);
  });
});
