/** 128 random bits. Unlike crypto.randomUUID this also works on pages served without TLS. */
export function newClientOrderId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
