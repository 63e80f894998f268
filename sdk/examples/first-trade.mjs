// A first trade on Node, with nothing but the SDK: a new user, a paper account, a live subscription, one order.
//
//   npm start                                    # in another terminal
//   node sdk/examples/first-trade.mjs [http://localhost:4000]

import { randomUUID } from 'node:crypto';
import { createClient } from '@mib/sdk/client';
import { createSession } from '@mib/sdk/session';
import { WebSocket } from 'ws'; // Node 20 has none of its own

const url = `${process.argv[2] ?? 'http://localhost:4000'}/graphql`;

// 1. A user. Expected refusals are results, not exceptions.
const session = createSession({ url });
const refused = await session.register({ email: `${randomUUID()}@example.com`, password: `demo ${randomUUID()}`, displayName: 'First Trader' });
if (refused) throw new Error(JSON.stringify(refused));
const mib = createClient({ url, webSocketImpl: WebSocket, ...session.credentials });

// 2. An account with play money.
const { openAccount } = await mib.openAccount({ input: { name: 'First', initialCash: '100000' } });
const account = openAccount.account;
if (!account) throw new Error(JSON.stringify(openAccount.userErrors));

// 3. Follow its orders from here: with the cursor nothing is missed, whenever the stream begins.
const { account: read } = await mib.orders({ accountId: account.id, first: 1 });
const events = mib.orderUpdated({ accountId: account.id, after: read?.eventCursor });

// 4. Something that trades and is offered right now.
const { instruments } = await mib.instruments({ first: 100, filter: { tradable: true } });
const offered = instruments.edges.map(({ node }) => node).find(({ quote }) => quote?.ask);
if (!offered) throw new Error('nothing is offered: is the simulated venue running?');
console.log(`${offered.id}: bid ${offered.quote?.bid}, ask ${offered.quote?.ask}, ${offered.quote?.source}`);

// 5. Buy one lot at the market.
const { placeOrder } = await mib.placeOrder({
  input: { accountId: account.id, clientOrderId: randomUUID(), instrumentId: offered.id, side: 'BUY', type: 'MARKET', tif: 'IOC', quantity: offered.lotSize },
});
switch (placeOrder.__typename) {
  case 'OrderAccepted':
    console.log(`accepted: order ${placeOrder.order.id} is ${placeOrder.order.status}`);
    break;
  case 'OrderDenied':
    throw new Error(`denied by the risk gate: ${placeOrder.reason}, limit ${placeOrder.limit}, observed ${placeOrder.observed}`);
  case 'InvalidInput':
    throw new Error(placeOrder.userErrors.map(({ message }) => message).join('; '));
}

// 6. What the stream says, up to the first fill.
for await (const { orderUpdated: event } of events) {
  console.log(`${event.kind}${event.fill ? `: ${event.fill.quantity} at ${event.fill.price} ${event.fill.feeCurrency}` : ''}`);
  if (event.fill) break;
}

// 7. What it left behind.
const { account: portfolio } = await mib.portfolio({ accountId: account.id });
for (const { instrument, quantity, averagePrice } of portfolio?.positions ?? []) console.log(`holds ${quantity} ${instrument?.id} at ${averagePrice}`);
console.log(`equity ${portfolio?.equity?.amount} ${portfolio?.equity?.currency}`);

mib.close();
await session.signOut();
