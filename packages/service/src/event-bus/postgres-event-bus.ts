import type { EventBus } from './event-bus.ts';
export function createPostgresEventBus(_options: { readonly url: string }): Promise<EventBus> {
  throw new Error('in work');
}
