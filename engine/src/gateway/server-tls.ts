// The door's certificate, read again while it is open: one that is renewed in its files serves the next connection
// without a restart. A pair that does not fit together, as in the middle of a renewal, is left alone until it does.

import { ServerCredentials } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Certificates are renewed days before they end. */
const RELOAD_MS = 60_000;

/** Files in PEM. With `clientCaFile` every client must show a certificate that it signed. */
export interface TlsFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientCaFile?: string | undefined;
}

export interface ServerTls extends Disposable {
  readonly credentials: ServerCredentials;
  /** Reads the files now. @returns true when there is something new and it serves. */
  reload(): boolean;
}

/** @throws when a file cannot be read or the key is not the certificate's. */
export function serverTls(files: TlsFiles): ServerTls {
  let current = read(files);
  const credentials = new ReloadingCredentials(current, files.clientCaFile !== undefined);
  const reload = (): boolean => {
    try {
      const next = read(files);
      if (isSame(next, current)) return false;
      current = next;
      credentials.use(next);
      return true;
    } catch {
      return false;
    }
  };
  const timer = setInterval(reload, RELOAD_MS).unref();
  return { credentials, reload, [Symbol.dispose]: () => clearInterval(timer) };
}

interface Pem extends SecureContextOptions {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

class ReloadingCredentials extends ServerCredentials {
  constructor(pem: Pem, askClient: boolean) {
    super({ requestCert: askClient, rejectUnauthorized: askClient }, pem);
  }

  use(pem: Pem): void {
    this.updateSecureContextOptions(pem);
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function read({ certificateFile, keyFile, clientCaFile }: TlsFiles): Pem {
  const pem = { cert: readFileSync(certificateFile), key: readFileSync(keyFile), ...(clientCaFile === undefined ? {} : { ca: readFileSync(clientCaFile) }) };
  createSecureContext(pem);
  return pem;
}

function isSame(a: Pem, b: Pem): boolean {
  return a.cert.equals(b.cert) && a.key.equals(b.key) && (a.ca === b.ca || (a.ca !== undefined && b.ca !== undefined && a.ca.equals(b.ca)));
}
