// The peer: @apollo/gateway in @apollo/server's standalone server, as its documentation starts it.

import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

const server = new ApolloServer({ gateway: new ApolloGateway({ supergraphSdl: readFileSync(process.argv[2]!, 'utf8') }), introspection: false });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
process.on('disconnect', () => process.exit());
process.send?.({ url: new URL('/', url).href });
