// The Ed25519 key pairs that sign access tokens. They live in PostgreSQL, private halves sealed, so that every replica
// signs with the same keys and a restart invalidates nothing; this object is the process's view of them, renewed by the
// maintenance timer.

import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type CryptoKey, type JWK } from 'jose';
import type { PrismaClient } from '@mib/prisma/client';
import type { Sealer } from '@mib/service/sealer';
import { dueKey, publishedKeys, replacementKey, signingKey, type KeyTimes } from '../domain/signing-schedule.ts';
import { appendAudit } from '../store/audit-log.ts';
import { inTransaction, lock, type Transaction } from '../store/database.ts';
import { endSigning, insertSigningKey, readSigningKeys, type StoredSigningKey } from '../store/signing-key-rows.ts';

export const TOKEN_ALGORITHM = 'EdDSA';

interface LoadedKey extends KeyTimes {
  readonly kid: string;
  readonly publicJwk: JWK;
  readonly publicKey: CryptoKey;
  /** Absent when the row was sealed under another MIB_INTERNAL_SECRET: good for verifying only. */
  readonly privateKey: CryptoKey | undefined;
}

export class SigningKeys {
  readonly #prisma: PrismaClient;
  readonly #sealer: Sealer;
  #keys: readonly LoadedKey[] = [];

  private constructor(prisma: PrismaClient, sealer: Sealer) {
    this.#prisma = prisma;
    this.#sealer = sealer;
  }

  /** Loads the keys, making the first one when there is none to sign with. */
  static async open(prisma: PrismaClient, sealer: Sealer, now: Date): Promise<SigningKeys> {
    const keys = new SigningKeys(prisma, sealer);
    await keys.renew(now);
    return keys;
  }

  /** Reads what other replicas made and makes the next key when it is due. */
  async renew(now: Date): Promise<void> {
    await this.#change(now, async (transaction, keys) => {
      const times = dueKey(keys.filter(canSign), now);
      if (times) await this.#create(transaction, times, now);
    });
  }

  /** Replaces the current key before its time: publishes a successor, which takes over once every cache knows it. */
  async rotate(now: Date): Promise<void> {
    await this.#change(now, async (transaction) => {
      const { ended, next } = replacementKey(now);
      await endSigning(transaction, ended);
      await this.#create(transaction, next, now);
    });
  }

  /** @throws when it is no key's time; `renew` never leaves that behind. */
  signer(now: Date): { readonly kid: string; readonly privateKey: CryptoKey } {
    const key = signingKey(this.#keys.filter(canSign), now);
    if (!key) throw new Error('no key to sign with');
    return key;
  }

  /** @throws for a key that is not published. */
  publicKey(kid: string | undefined, now: Date): CryptoKey {
    const key = publishedKeys(this.#keys, now).find((candidate) => candidate.kid === kid);
    if (!key) throw new Error(`no key ${kid}`);
    return key.publicKey;
  }

  /** RFC 7517 key set: the public halves only. */
  jwks(now: Date): { readonly keys: readonly JWK[] } {
    return { keys: publishedKeys(this.#keys, now).map(({ publicJwk, kid }) => ({ ...publicJwk, kid, alg: TOKEN_ALGORITHM, use: 'sig' })) };
  }

  async #change(now: Date, work: (transaction: Transaction, keys: readonly LoadedKey[]) => Promise<void>): Promise<void> {
    const rows = await inTransaction(this.#prisma, async (transaction) => {
      await lock(transaction, 'auth.signing_keys');
      await work(transaction, await this.#load(await readSigningKeys(transaction, now)));
      return readSigningKeys(transaction, now);
    });
    this.#keys = await this.#load(rows);
  }

  async #create(transaction: Transaction, times: KeyTimes, now: Date): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const sealedKey = this.#sealer.seal(kid, await exportPKCS8(privateKey));
    await insertSigningKey(transaction, { kid, publicJwk: publicJwk as Record<string, string>, sealedKey, createdAt: now, ...times });
    await appendAudit(transaction, { actorId: null, action: 'signing-key.created', target: kid, at: now });
  }

  #load(rows: readonly StoredSigningKey[]): Promise<readonly LoadedKey[]> {
    return Promise.all(rows.map((row) => this.#open(row)));
  }

  async #open({ kid, publicJwk, sealedKey, signsFrom, signsUntil, verifiesUntil }: StoredSigningKey): Promise<LoadedKey> {
    const pkcs8 = this.#sealer.open(kid, sealedKey);
    return {
      kid, publicJwk, signsFrom, signsUntil, verifiesUntil,
      publicKey: (await importJWK(publicJwk, TOKEN_ALGORITHM)) as CryptoKey,
      privateKey: pkcs8 === undefined ? undefined : await importPKCS8(pkcs8, TOKEN_ALGORITHM),
    };
  }
}

function canSign(key: LoadedKey): key is LoadedKey & { readonly privateKey: CryptoKey } {
  return key.privateKey !== undefined;
}
