// What a connection should carry and what the venue has confirmed. A lost connection makes everything wanted again; a request
// the venue does not answer in time is overdue, and the connection is not to be trusted.

interface Subscription {
  state: 'WANTED' | 'ASKED' | 'CONFIRMED' | 'REFUSED';
  requestId: number;
  askedMs: number;
}

/** Topics at most; the largest venue limit is 1024 streams a connection. */
export const MAX_TOPICS = 1_024;

export class SubscriptionRegistry {
  readonly #topics = new Map<string, Subscription>();
  #requests = 0;

  /** @returns whether there was room; a topic known already changes nothing. */
  want(topic: string): boolean {
    if (this.#topics.has(topic)) return true;
    if (this.#topics.size >= MAX_TOPICS) return false;
    this.#topics.set(topic, { state: 'WANTED', requestId: 0, askedMs: 0 });
    return true;
  }

  /** @returns whether the venue has to be told. */
  drop(topic: string): boolean {
    const state = this.#topics.get(topic)?.state;
    this.#topics.delete(topic);
    return state === 'ASKED' || state === 'CONFIRMED';
  }

  /** The connection is new: nothing is subscribed. Refusals are tried again, too. */
  reset(): void {
    for (const subscription of this.#topics.values()) subscription.state = 'WANTED';
  }

  /**
   * What the venue has not been asked for yet, now asked.
   *
   * @param batch - topics of one request at most.
   * @param groupOf - topics of different groups go into different requests.
   */
  ask(nowMs: number, batch: number, groupOf: (topic: string) => string = () => ''): { readonly id: number; readonly group: string; readonly topics: readonly string[] }[] {
    const requests: { id: number; group: string; topics: string[] }[] = [];
    for (const [topic, subscription] of this.#topics) {
      if (subscription.state !== 'WANTED') continue;
      const group = groupOf(topic);
      let request = requests.find((open) => open.group === group && open.topics.length < batch);
      if (!request) requests.push((request = { id: this.nextId(), group, topics: [] }));
      request.topics.push(topic);
      Object.assign(subscription, { state: 'ASKED', requestId: request.id, askedMs: nowMs });
    }
    return requests;
  }

  /** A request id of this connection, for requests that are no subscription. */
  nextId(): number {
    this.#requests += 1;
    return this.#requests;
  }

  /** @returns the topics of that request that were waiting for the answer. */
  answered(requestId: number, ok: boolean, only?: string): string[] {
    const topics: string[] = [];
    for (const [topic, subscription] of this.#topics) {
      if (subscription.state !== 'ASKED' || subscription.requestId !== requestId || (only !== undefined && topic !== only)) continue;
      subscription.state = ok ? 'CONFIRMED' : 'REFUSED';
      topics.push(topic);
    }
    return topics;
  }

  /** The first topic asked for before `nowMs - answerMs` without an answer. */
  overdue(nowMs: number, answerMs: number): string | undefined {
    for (const [topic, { state, askedMs }] of this.#topics) if (state === 'ASKED' && nowMs - askedMs > answerMs) return topic;
    return undefined;
  }
}
