// How a service applies configuration without restart. It reads `config.changes` from the beginning, in a group that is
// its process' own, so every instance knows the whole state some milliseconds after its start and each change when it is
// made. Nothing here can stop a service: until the bus answers the defaults hold, and a value that does not fit is
// ignored with a warning, whatever config-service thought of it.
//
//   effective value = the service's own entry, else the GLOBAL one, else the default

import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { CONFIG_CHANGES_TOPIC, configChange, type ConfigChange } from './config-changes.ts';
import type { EventBus } from './event-bus/event-bus.ts';
import type { Logger } from './logger.ts';
import type { Sealer } from './sealer.ts';

export interface LiveKey<T> {
  readonly schema: z.ZodType<T>;
  /** Holds while nobody has set anything; usually what the environment says. */
  readonly default: T;
}

/** Values by configuration key. */
export type LiveKeys<V> = { readonly [K in keyof V]: LiveKey<V[K]> };

export interface LiveConfigOptions<V> {
  readonly bus: Pick<EventBus, 'subscribe'>;
  /** Name of the service, as in SERVICE entries. */
  readonly service: string;
  readonly keys: LiveKeys<V>;
  readonly logger: Logger;
  /** Opens sensitive values; without it they are ignored. */
  readonly sealer?: Sealer;
  /** Consumer group, which must be of this process alone. */
  readonly group?: string;
}

export interface LiveConfig<V> extends AsyncDisposable {
  /** The values in force, a new object after each change. */
  readonly values: Readonly<V>;
  /** Resolves once the changes are being read. */
  readonly ready: Promise<void>;
  /** Calls `listener` after each change of a value in force. @returns how to stop that. */
  onChange(listener: (key: keyof V, values: Readonly<V>) => void): () => void;
}

type Layer = 'GLOBAL' | 'SERVICE';

export function liveConfig<V extends Record<string, unknown>>(options: LiveConfigOptions<V>): LiveConfig<V> {
  const { bus, service, keys, logger } = options;
  const layers: Record<Layer, Map<string, unknown>> = { GLOBAL: new Map(), SERVICE: new Map() };
  const versions = new Map<string, number>();
  const listeners = new Set<(key: keyof V, values: Readonly<V>) => void>();
  const warn = (change: Partial<ConfigChange>, reason: string): void => logger.warn({ key: change.key, version: change.version, reason }, 'configuration change ignored');
  let values = Object.fromEntries(Object.entries<LiveKey<unknown>>(keys).map(([key, known]) => [key, known.default])) as V;

  function hear(text: string): void {
    const change = parseChange(text);
    if (!change) return warn({}, 'not a configuration change');
    const layer = layerOf(change, service);
    if (!layer || !Object.hasOwn(keys, change.key) || change.version <= (versions.get(change.id) ?? 0)) return;
    versions.set(change.id, change.version);
    const parsed = valueOf(change, options.sealer);
    if ('problem' in parsed) return warn(change, parsed.problem);
    const checked = keys[change.key]!.schema.safeParse(parsed.value);
    // The message of a schema may hold the value, which may be sensitive.
    if (!checked.success) return warn(change, change.sensitive ? 'value does not fit' : (checked.error.issues[0]?.message ?? 'value does not fit'));
    layers[layer].set(change.key, checked.data);
    apply(change, (layers.SERVICE.has(change.key) ? layers.SERVICE : layers.GLOBAL).get(change.key));
  }

  function apply({ key, version, scope, sensitive }: ConfigChange, value: unknown): void {
    if (JSON.stringify(value) === JSON.stringify(values[key])) return;
    values = { ...values, [key]: value };
    logger.info({ key, version, scope, ...(!sensitive && { value }) }, 'configuration applied');
    for (const listener of listeners) {
      try {
        listener(key, values);
      } catch (error) {
        logger.error({ err: error, key }, 'configuration listener failed');
      }
    }
  }

  const subscription = bus.subscribe({
    topics: [CONFIG_CHANGES_TOPIC],
    group: options.group ?? `${service}.config.${randomUUID()}`,
    from: 'earliest',
    handle: async (records) => records.forEach((record) => hear(record.value)),
  });
  return {
    get values() {
      return values;
    },
    ready: subscription.ready,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: async () => subscription[Symbol.asyncDispose](),
  };
}

function parseChange(text: string): ConfigChange | undefined {
  const parsed = configChange.safeParse(parseJson(text));
  return parsed.success ? parsed.data : undefined;
}

function layerOf({ scope, scopeId }: ConfigChange, service: string): Layer | undefined {
  if (scope === 'GLOBAL') return 'GLOBAL';
  return scope === 'SERVICE' && scopeId === service ? 'SERVICE' : undefined;
}

function valueOf(change: ConfigChange, sealer: Sealer | undefined): { readonly value: unknown } | { readonly problem: string } {
  const text = change.sensitive ? sealer?.open(change.id, Buffer.from(change.sealed ?? '', 'base64')) : change.value;
  const value = text == null ? undefined : parseJson(text);
  if (value !== undefined) return { value };
  return { problem: change.sensitive ? 'sealed under another secret' : 'value is not JSON' };
}

/** Undefined when it is not JSON, which undefined never is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
