// Whether a host is this machine: what is said there crosses no network and needs no TLS. And how a host stands in an
// address: an IPv6 one between brackets.

const LOOPBACK_V4 = /^127(?:\.\d{1,3}){3}$/;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || LOOPBACK_V4.test(host);
}

/** `host` as it stands before `:port` in an address or a URL; brackets that are there already stay. */
export function hostInAddress(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** `host` as a socket takes it: without brackets. */
export function hostOfSocket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
