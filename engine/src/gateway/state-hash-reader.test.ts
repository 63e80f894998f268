import { describe, expect, it } from '@jest/globals';
import type { EngineCommand } from '@mib/proto/engine-commands';
import { CoreDriver } from '../core/core-driver.ts';
import { stateHash } from '../core/state-hash.ts';
import { StateQueries, type StateAnswers, type StateQuery, type StateQuestion } from '../workers/state-query.ts';
import { REST_MS, StateHashReader } from './state-hash-reader.ts';

/** Enough that the state takes several slices: 128 bytes each in the idempotency window alone. */
const KEYED_COMMANDS = 6_000;

describe('the hash of the live state', () => {
  it('is read in slices and is the hash of the whole', async () => {
    const { driver, reader, asked } = engine();
    expect(await reader.read()).toEqual({ stateHash: stateHash(driver.core), lastCommandSequence: KEYED_COMMANDS + 1, lastEventSequence: driver.core.lastEventSequence });
    expect(asked.slices).toBeGreaterThan(2);
    expect(asked.beginnings).toBe(1);
  });

  it('is begun again when a command comes between two slices', async () => {
    const { driver, reader, asked } = engine({ commandsBetween: 3 });
    expect((await reader.read()).stateHash).toBe(stateHash(driver.core));
    expect(asked.beginnings).toBe(4);
  });

  it('is empty when commands never stop coming', async () => {
    const { driver, reader } = engine({ commandsBetween: Infinity });
    expect(await reader.read()).toMatchObject({ stateHash: '', lastCommandSequence: driver.core.lastCommandSequence });
  });

  it('is read once for all who ask meanwhile, and not again while nothing happens', async () => {
    const { reader, asked } = engine();
    const [first, second] = await Promise.all([reader.read(), reader.read()]);
    expect(second).toBe(first);
    expect(await reader.read()).toBe(first);
    expect(asked).toMatchObject({ beginnings: 1, pausesMs: [] });
  });

  it('is read at most once in its rest', async () => {
    const { driver, reader, asked } = engine();
    await reader.read();
    driver.submit(deposit('one more'));
    expect((await reader.read()).stateHash).toBe(stateHash(driver.core));
    expect(asked).toMatchObject({ beginnings: 2, pausesMs: [REST_MS] });
  });
});

/** A core asked as its thread would ask it, with commands between the questions; time stands still. */
function engine({ commandsBetween = 0 } = {}) {
  const driver = new CoreDriver();
  driver.submit({ kind: 'OpenAccount', accountNumber: 1000 });
  for (let n = 0; n < KEYED_COMMANDS; n++) driver.submit(deposit(`d${n}`));
  const queries = new StateQueries(driver.core);
  const asked = { slices: 0, beginnings: 0, pausesMs: [] as number[] };
  const ask = async <K extends StateQuestion['kind']>(question: Extract<StateQuestion, { kind: K }>): Promise<StateAnswers[K]> => {
    const slice: StateQuestion = question;
    if (slice.kind === 'hash-slice') {
      asked.slices++;
      if (slice.first) asked.beginnings++;
      else if (commandsBetween-- > 0) driver.submit(deposit(`between ${commandsBetween}`));
    }
    const reply = queries.reply({ ...question, id: 1 } as StateQuery);
    if ('refused' in reply) throw new Error(reply.refused);
    return reply.answer as StateAnswers[K];
  };
  const clock = { nowMs: () => 0, pause: async (ms: number) => void asked.pausesMs.push(ms) };
  return { driver, asked, reader: new StateHashReader({ ask }, clock) };
}

function deposit(clientOrderId: string): EngineCommand {
  return { kind: 'AdjustCash', accountNumber: 1000, currency: 'USD', amountUnits: 1, clientOrderId: clientOrderId.replaceAll(' ', '-') };
}
