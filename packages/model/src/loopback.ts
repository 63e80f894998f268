// Whether a host is this machine: what is said there crosses no network and needs no TLS.

const LOOPBACK_V4 = /^127(?:\.\d{1,3}){3}$/;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || LOOPBACK_V4.test(host);
}
