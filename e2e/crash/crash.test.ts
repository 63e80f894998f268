// kill -9 of the engine under load, many times. Afterwards every acknowledged order is there, none twice, and the state
// hash equals that of replays by another process, of the whole journal and from each snapshot. MIB_KILLS sets how many.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { connectEngine, type CommandResult, type EngineClient } from '@mib/proto/engine-client';
import { startEngine } from '@mib/testkit/engine-process';
import { freePort } from '@mib/testkit/free-port';
import { seededRandom } from '@mib/testkit/random';
import { REPOSITORY } from '@mib/testkit/repository';

const run = promisify(execFile);
const KILLS = Number(process.env['MIB_KILLS'] ?? 4);
const KILL_MS = 20_000;
const VARIABLES = { ENGINE_SNAPSHOT_COMMANDS: '500' };
const SEED = 20_200_417;
const INSTRUMENT = 1;
const BUYER = 1_000;
const SELLER = 1_001;
const IN_FLIGHT = 64;

describe('crash', () => {
  it(`loses nothing and repeats nothing over ${KILLS} kills under load (seed ${SEED})`, async () => {
    const dataDirectory = await mkdtemp(path.join(os.tmpdir(), 'mib-crash-'));
    const port = await freePort();
    const random = seededRandom(SEED);
    const acknowledged = new Map<string, CommandResult>();
    try {
      for (let round = 0; round < KILLS; round++) {
        await using engine = await startEngine({ dataDirectory, port, variables: VARIABLES });
        await using client = connectEngine({ address: engine.address, token: engine.token });
        if (round === 0) await openMarket(client);
        await submitUntilKilled(client, { round, acknowledged, killAfter: 200 + Math.floor(random() * 800), random, kill: () => engine.kill('SIGKILL') });
      }
      await using engine = await startEngine({ dataDirectory, port });
      await using client = connectEngine({ address: engine.address, token: engine.token });
      await expectEveryAcknowledgementStands(client, acknowledged);
      const { stateHash, lastCommandSequence } = await client.status();
      await client[Symbol.asyncDispose]();
      await engine.kill('SIGKILL');
      const { stdout } = await run(process.execPath, [path.join(REPOSITORY, 'engine/dist/verify.js'), dataDirectory]);
      expect(JSON.parse(stdout)).toMatchObject({ stateHash, lastSequence: lastCommandSequence });
    } finally {
      await rm(dataDirectory, { recursive: true, force: true });
    }
  }, KILLS * KILL_MS);
});

async function openMarket(client: EngineClient): Promise<void> {
  await client.submit({ kind: 'RegisterInstrument', instrumentNumber: INSTRUMENT, instrumentId: 'CRASH.XSIM', tickSize: '0.01', lotSize: '1', currency: 'USD', cashScale: 4 });
  for (const accountNumber of [BUYER, SELLER]) {
    await client.submit({ kind: 'OpenAccount', accountNumber });
    await client.submit({ kind: 'AdjustCash', accountNumber, currency: 'USD', amountUnits: 1e12, clientOrderId: 'deposit' });
  }
}

interface Load {
  readonly round: number;
  readonly acknowledged: Map<string, CommandResult>;
  readonly killAfter: number;
  readonly random: () => number;
  readonly kill: () => Promise<void>;
}

/** Keeps IN_FLIGHT orders under way until `killAfter` are acknowledged, then kills; what was in flight stays unknown. */
async function submitUntilKilled(client: EngineClient, load: Load): Promise<void> {
  let sent = 0;
  let answered = 0;
  let killed: Promise<void> | undefined;
  const worker = async () => {
    while (killed === undefined) {
      const clientOrderId = `${load.round}-${sent++}`;
      const outcome = await client.submit(order(clientOrderId, load.random)).catch(() => undefined);
      if (outcome === undefined) return;
      load.acknowledged.set(clientOrderId, outcome);
      if (++answered === load.killAfter) killed = load.kill();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  await killed;
}

function order(clientOrderId: string, random: () => number) {
  const buys = random() < 0.5;
  return {
    kind: 'PlaceOrder',
    accountNumber: buys ? BUYER : SELLER,
    clientOrderId,
    instrumentNumber: INSTRUMENT,
    side: buys ? 'BUY' : 'SELL',
    type: 'LIMIT',
    tif: 'GTC',
    limitPriceTicks: 10_000 + Math.floor(random() * 20) - 10,
    quantityLots: 1 + Math.floor(random() * 9),
  } as const;
}

/** The engine's own idempotency is the witness: asked again it answers with the first outcome and applies nothing. */
async function expectEveryAcknowledgementStands(client: EngineClient, acknowledged: ReadonlyMap<string, CommandResult>): Promise<void> {
  const orders = new Map<number, number>();
  for await (const batch of client.events({ after: 0, kinds: ['OrderAccepted', 'OrderDenied'] })) {
    for (const event of batch.events) if ('orderId' in event) orders.set(event.orderId, (orders.get(event.orderId) ?? 0) + 1);
    if ([...acknowledged.values()].every((outcome) => orders.has(outcome.orderId))) break;
  }
  expect([...orders.values()].filter((times) => times !== 1)).toEqual([]);
  expect(new Set([...acknowledged.values()].map((outcome) => outcome.orderId)).size).toBe(acknowledged.size);
}
