// How a client reaches the engine: TLS with the authority that signed the engine's certificate, or plaintext on this
// machine. Anything else is refused before a packet leaves, since every call carries the token.

import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { isLoopback } from '@mib/model/loopback';

export interface EngineConnection {
  /** `host:port`. */
  readonly address: string;
  /** The engine's ENGINE_TOKEN. */
  readonly token?: string | undefined;
  /** Files in PEM; a certificate of the client's own where the engine asks for one. */
  readonly tls?: { readonly caFile: string; readonly certificateFile?: string | undefined; readonly keyFile?: string | undefined } | undefined;
}

export class PlaintextRefusedError extends Error {
  override readonly name = 'PlaintextRefusedError';
  constructor(address: string) {
    super(`ENGINE_TLS_CA is required when ENGINE_ADDRESS is not loopback, was ENGINE_ADDRESS=${JSON.stringify(address)}`);
  }
}

/** @throws {PlaintextRefusedError} without TLS for an address off loopback; what reading a file throws. */
export function engineCredentials({ address, tls }: EngineConnection): ChannelCredentials {
  if (tls) return credentials.createSsl(readFileSync(tls.caFile), read(tls.keyFile), read(tls.certificateFile));
  if (!isLoopback(address.slice(0, address.lastIndexOf(':')))) throw new PlaintextRefusedError(address);
  return credentials.createInsecure();
}

function read(file: string | undefined): Buffer | null {
  return file === undefined ? null : readFileSync(file);
}
